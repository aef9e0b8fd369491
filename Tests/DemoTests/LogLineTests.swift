import Testing

@testable import nhipcau

@Suite("Log lines") struct LogLineTests {
    @Test("a value never ends its line, nor colours the terminal, and what is plain stays as it is")
    func escaped() {
        #expect(LineLogHandler.escaped("Xã Yên Mỹ, huyện Yên Mô: 100 %") == "Xã Yên Mỹ, huyện Yên Mô: 100 %")
        #expect(LineLogHandler.escaped("hop\n2026-12-01 error forged") == "hop\\u{a}2026-12-01 error forged")
        #expect(LineLogHandler.escaped("\u{1B}[31m\r\u{85}\u{2028}\u{202E}") == "\\u{1b}[31m\\u{d}\\u{85}\\u{2028}\\u{202e}")
        #expect(LineLogHandler.escaped("\\u{a}") == "\\u{5c}u{a}")
    }
}
