/// The language of messages.
public enum Language: String, Hashable, Sendable, CaseIterable {
    case en
    case vi
}

/// What kind of problem it is; stable, for scripts. `docs/topology.md` lists them.
public enum ProblemCode: String, Hashable, Sendable, CaseIterable {
    // Any file.
    case unreadable
    case yamlSyntax = "yaml-syntax"
    case duplicateKey = "duplicate-key"
    case unknownFile = "unknown-file"
    case unknownKey = "unknown-key"
    case missingKey = "missing-key"
    case wrongType = "wrong-type"
    case unknownValue = "unknown-value"
    case badID = "bad-id"
    case badNumber = "bad-number"
    case badUnit = "bad-unit"
    case badAddress = "bad-address"
    case duplicateID = "duplicate-id"
    case hiddenLetters = "hidden-letters"
    case lostLetters = "lost-letters"
    case cutByComment = "cut-by-comment"
    // Topologies.
    case badInclude = "bad-include"
    case duplicateAddress = "duplicate-address"
    case nodeIndexCollision = "node-index-collision"
    case unknownLevel = "unknown-level"
    case unknownClass = "unknown-class"
    case unknownParent = "unknown-parent"
    case unknownBackup = "unknown-backup"
    case unknownRoom = "unknown-room"
    case noRoot = "no-root"
    case twoRoots = "two-roots"
    case cycle
    case levelOrder = "level-order"
    case missingCapacity = "missing-capacity"
    case assumedCapacity = "assumed-capacity"
    case assumedLatency = "assumed-latency"
    case assumedAddress = "assumed-address"
    case assumedNode = "assumed-node"
    case thinAccess = "thin-access"
    case backupInOwnSubtree = "backup-in-own-subtree"
    case backupIsParent = "backup-is-parent"
    case backupCycle = "backup-cycle"
    case backupZone = "backup-zone"
    case sameName = "same-name"
    case unknownRole = "unknown-role"
    case neverGranted = "never-granted"
    case notYet = "not-yet"
    case oddEndpoint = "odd-endpoint"
    case mixedAddresses = "mixed-addresses"
    // Meetings.
    case missingTopology = "missing-topology"
    case duplicateMeeting = "duplicate-meeting"
    case unknownKind = "unknown-kind"
    case unknownSite = "unknown-site"
    case unknownChair = "unknown-chair"
    case unknownUnit = "unknown-unit"
    case noSites = "no-sites"
    case badFloor = "bad-floor"
    case moreVoices = "more-voices"
    // Scenarios.
    case unknownNode = "unknown-node"
    case unknownTrunk = "unknown-trunk"
    case unknownMeeting = "unknown-meeting"
    case notInMeeting = "not-in-meeting"
    case noDeed = "no-deed"
    case twoDeeds = "two-deeds"
    case badTime = "bad-time"
    case badCore = "bad-core"
    // Sheets: mended.
    case byteOrderMark = "byte-order-mark"
    case separator
    case titleRow = "title-row"
    case secondHeader = "second-header"
    case heading
    case blanks
    case composedLetters = "composed-letters"
    case lookAlike = "look-alike"
    case formulaText = "formula-text"
    case blankRow = "blank-row"
    case sectionRow = "section-row"
    case totalRow = "total-row"
    case footRow = "foot-row"
    case placeholder
    case leadingZeros = "leading-zeros"
    case numberForm = "number-form"
    case decimalComma = "decimal-comma"
    case unitWritten = "unit-written"
    case capacityPair = "capacity-pair"
    case toneMarks = "tone-marks"
    case parentByName = "parent-by-name"
    case parentByUnit = "parent-by-unit"
    case letterCase = "letter-case"
    case mergedCell = "merged-cell"
    case parentsByOrder = "parents-by-order"
    case levelDerived = "level-derived"
    case codeMade = "code-made"
    case codeSpelling = "code-spelling"
    case addressTail = "address-tail"
    case swappedCoordinates = "swapped-coordinates"
    case unknownStatus = "unknown-status"
    case mergedAway = "merged-away"
    case edition
    // Sheets: errors, beside those of topologies.
    case failedFormula = "failed-formula"
    case badQuote = "bad-quote"
    case extraCells = "extra-cells"
    case noHeader = "no-header"
    case missingColumn = "missing-column"
    case duplicateColumn = "duplicate-column"
    case unknownColumn = "unknown-column"
    case missingName = "missing-name"
    case missingLevel = "missing-level"
    case levelAgainstName = "level-against-name"
    case badUnitCode = "bad-unit-code"
    case ambiguousNumber = "ambiguous-number"
    case shareTooLarge = "share-too-large"
    case badCoordinates = "bad-coordinates"
    case duplicateName = "duplicate-name"
    case missingParent = "missing-parent"
    case unknownSection = "unknown-section"
    case ambiguousParent = "ambiguous-parent"
    case mixedEditions = "mixed-editions"

    /// Scenario files have these; topology and meeting files never do. `docs/simulation.md` lists them.
    public static let ofScenarios: [ProblemCode] = [
        .unknownNode, .unknownTrunk, .unknownMeeting, .notInMeeting, .noDeed, .twoDeeds, .badTime, .badCore,
    ]

    /// Only sheets have these: what `topology import` mends, and what it cannot. `docs/sheets.md` lists them.
    public static let ofSheets: [ProblemCode] = {
        let codes = allCases
        guard let first = codes.firstIndex(of: .byteOrderMark), let last = codes.firstIndex(of: .mixedEditions) else { return [] }
        return Array(codes[first...last])
    }()
}

/// One problem and its place.
public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// A warning does not make a file bad.
    public enum Severity: String, Hashable, Sendable {
        case error
        case warning
        /// A sheet had it otherwise; what was meant is plain, and was taken.
        case mended

        /// As messages write it.
        public func word(_ language: Language) -> String {
            switch self {
            case .error: language == .vi ? "lỗi" : "error"
            case .warning: language == .vi ? "cảnh báo" : "warning"
            case .mended: language == .vi ? "đã sửa" : "mended"
            }
        }
    }
    /// As the caller named it.
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// "F65": what a spreadsheet calls the place in a workbook; nil elsewhere.
    public var workbookCell: String?
    /// Errors make a file bad.
    public var severity: Severity
    /// For scripts; stable.
    public var code: ProblemCode
    /// For people, in the language asked for.
    public var message: String
    /// Of `message`.
    public var language: Language
    /// The cell of a sheet as spreadsheets name it, with the heading of its column: `F65 (Băng thông)`. Nil elsewhere.
    public var cell: CellName?
    public init(
        file: String, line: Int, column: Int, severity: Severity, code: ProblemCode, message: String, language: Language = .en, cell: CellName? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.code = code
        self.message = message
        self.language = language
        self.cell = cell
    }
    /// `FILE:LINE:COL: error[code]: message`, in sheets `FILE:LINE:COL: error[code]: F65 (HEADING): message`, of a workbook
    /// `FILE:F65: error[code]: message`.
    public var description: String {
        let end = "\(severity.word(language))[\(code.rawValue)]: "
        if let workbookCell { return "\(Letters.shown(file)):\(workbookCell): \(end)\(message)" }
        return "\(Letters.shown(file)):\(line):\(column): \(end)\(cell.map { "\($0): " } ?? "")\(message)"
    }
}

/// A cell as a spreadsheet names it.
public struct CellName: Hashable, Sendable, CustomStringConvertible {
    /// From 1, as the spreadsheet numbers it.
    public var row: Int
    /// From 0.
    public var position: Int
    /// Of its column; empty if it has none.
    public var heading: String
    public init(row: Int, position: Int, heading: String) {
        self.row = row
        self.position = position
        self.heading = heading
    }

    /// "A" to "Z", "AA" and so on.
    public var letters: String {
        var left = position + 1
        var out = ""
        while left > 0 {
            out = String(UnicodeScalar(UInt8(65 + (left - 1) % 26))) + out
            left = (left - 1) / 26
        }
        return out
    }
    /// "F65".
    public var name: String { letters + String(row) }
    /// "F65 (Băng thông)".
    public var description: String { heading.isEmpty ? name : "\(name) (\(heading))" }
}

/// A file that cannot be used, with all its problems.
public struct InvalidFile: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the file; at least one error.
    public var problems: [Problem]
    public init(problems: [Problem]) { self.problems = problems }
    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
