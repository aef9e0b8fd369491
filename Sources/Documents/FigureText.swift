/// Numbers as people write them.
package enum FigureText {
    /// Without a fraction where there is none: "10.5", "20".
    package static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}
