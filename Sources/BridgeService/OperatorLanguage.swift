import Console
import Foundation

/// The language of an operator's sentences: in the log, at `/health` and in refusals to start.
public typealias OperatorLanguage = Language

extension OperatorLanguage {
    /// By `LC_ALL`, `LC_MESSAGES` or `LANG`: Vietnamese, or else English.
    public static var ofLocale: OperatorLanguage {
        let environment = ProcessInfo.processInfo.environment
        let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
        return locale.hasPrefix("vi") ? .vietnamese : .english
    }
}
