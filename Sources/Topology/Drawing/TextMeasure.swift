/// How wide and high text may become at most, whatever sans-serif font a reader's machine has.
///
/// The widths are those of a wide face (Bitstream Vera and its descendants; Verdana is alike); Arial, Liberation Sans, Noto Sans
/// and Roboto are narrower. Letters with tone marks are as wide as their base, and higher.
public enum TextMeasure {
    /// From the baseline to the top of a capital with two marks ("Ẫ"), in ems.
    public static let ascent = 1.12
    /// From the baseline down, in ems.
    public static let descent = 0.24
    /// From baseline to baseline where lines of text stand close, in ems.
    public static let pitch = 1.38

    /// In the unit of `size`.
    public static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
        var total = 0
        for scalar in text.unicodeScalars { total += width(scalar.value, bold ? boldWidths : widths, bold) }
        return Double(total) * size / 1_000
    }

    /// Broken between words into lines of at most `limit`; a word that is longer stands alone.
    public static func wrap(_ text: String, size: Double, bold: Bool = false, limit: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width(last + " " + word, size: size, bold: bold) <= limit {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// In thousandths of an em.
    private static func width(_ scalar: UInt32, _ table: [Int], _ bold: Bool) -> Int {
        switch scalar {
        case 32...126: table[Int(scalar) - 32]
        // Combining marks stand over the letter before.
        case 0x300...0x36F: 0
        case 0xA0: 350
        case 0xB7: 400
        // Latin letters with marks, Vietnamese among them: the widest capital but M and W.
        case 0xC0...0xDE, 0x110, 0x1A0, 0x1AF: bold ? 880 : 930
        case 0xEC...0xEF, 0x129: bold ? 345 : 280
        case 0xDF...0xFF, 0x111, 0x1A1, 0x1B0: bold ? 740 : 640
        case 0x100...0x17F: bold ? 880 : 860
        // Odd numbers are small letters, even ones capitals.
        case 0x1EA0...0x1EF9: scalar % 2 == 1 ? (isI(scalar) ? 380 : bold ? 740 : 640) : (isI(scalar) ? 400 : bold ? 880 : 930)
        case 0x2010...0x2015, 0x2018...0x2022: 1_000
        case 0x2026: 1_000
        case 0x2190...0x22FF: 840
        default: 1_450
        }
    }

    /// Ỉ ỉ Ị ị
    private static func isI(_ scalar: UInt32) -> Bool { (0x1EC8...0x1ECB).contains(scalar) }

    /// Of the characters from space to tilde.
    private static let widths = [
        318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637,
        637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 531, 1000, 685, 687, 699, 771, 632,
        576, 775, 752, 295, 295, 656, 558, 863, 749, 788, 604, 788, 695, 635, 611, 732, 685, 989, 686,
        611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580,
        278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
    ]
    private static let boldWidths = [
        349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696, 696,
        696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 581, 1000, 774, 763, 734, 831, 684,
        684, 821, 837, 373, 373, 775, 638, 996, 837, 851, 733, 851, 771, 721, 683, 813, 774, 1104, 771,
        725, 726, 458, 366, 458, 838, 500, 500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666,
        343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
    ]
}
