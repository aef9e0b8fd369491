import Basics

extension Address {
    package var isMulticast: Bool { ipv4.map { $0 >> 28 == 0xE } ?? (high >> 56 == 0xFF) }
    /// Not this-network (RFC 1122 section 3.2.1.3), not multicast, reserved, unspecified, link-local (fe80::/10, which nobody can bind
    /// without a zone) or IPv4-compatible (::/96, RFC 4291 section 2.5.5.1).
    package var isHost: Bool {
        if let ipv4 { return ipv4 >> 24 != 0 && ipv4 >> 24 < 224 }
        return !isMulticast && !isLinkLocal && !isCompatible && !(high == 0 && low == 0)
    }
    var isLinkLocal: Bool { high >> 54 == 0x3FA }
    /// The loopback address `::1` has its place in that range too.
    var isCompatible: Bool { high == 0 && low >> 32 == 0 && low > 1 }

    /// An IPv4 address whose parts were filled with zeros, without them: "010.037.001.011" is "10.37.1.11". Nil for anything else.
    package static func withoutZeros(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { (1...4).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard parts.count == 4, isNumber, parts.contains(where: { $0.count > 1 && $0.hasPrefix("0") }) else { return nil }
        let bare = parts.map { $0.drop { $0 == "0" } }.map { $0.isEmpty ? "0" : String($0) }.joined(separator: ".")
        return Address(bare, port: 0) == nil ? nil : bare
    }

    /// What programs read that take a leading zero for octal: "010" as 8. Nil if a part is no octal number.
    package static func octal(_ text: String) -> String? {
        let parts = text.split(separator: ".").map { $0.hasPrefix("0") ? Int($0, radix: 8) : Int($0) }
        let numbers = parts.compactMap { $0 }
        return numbers.count == parts.count ? numbers.map(String.init).joined(separator: ".") : nil
    }
}

extension Message {
    /// Why a text is no address of a host.
    package static func noHost(_ text: String) -> Message {
        if let bare = Address.withoutZeros(text) {
            let octal = Address.octal(text)
            return Message(
                .badAddress,
                en: "'\(text)' has leading zeros, which other programs take for octal numbers\(octal.map { " (\($0))" } ?? ""); write '\(bare)'",
                vi: "'\(text)' có số 0 ở đầu, chương trình khác hiểu là số bát phân\(octal.map { " (\($0))" } ?? ""); hãy viết '\(bare)'")
        }
        if let address = Address(text, port: 0) {
            if address.isLinkLocal {
                return Message(
                    .badAddress, en: "'\(text)' is a link-local address, valid on one cable only; write the one that other nodes reach",
                    vi: "'\(text)' là địa chỉ nội tuyến (link-local), chỉ dùng trên một đoạn mạng; hãy ghi địa chỉ mà nút khác tới được")
            }
            if address.isCompatible, let ipv4 = text.split(separator: ":").last, ipv4.contains(".") {
                return Message(
                    .badAddress, en: "'\(text)' is an IPv4 address in an old IPv6 form; write '\(ipv4)'",
                    vi: "'\(text)' là địa chỉ IPv4 viết theo kiểu IPv6 cũ; hãy viết '\(ipv4)'")
            }
        }
        let head = text.split(separator: ":", omittingEmptySubsequences: false)
        return head.count == 2 && Address(String(head[0]), port: 0) != nil || text.hasPrefix("[") ? .portInAddress(text) : .badAddress(text)
    }
}
