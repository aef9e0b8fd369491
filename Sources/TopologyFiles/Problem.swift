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
    // Meetings.
    case missingTopology = "missing-topology"
    case duplicateMeeting = "duplicate-meeting"
    case unknownKind = "unknown-kind"
    case unknownSite = "unknown-site"
    case unknownChair = "unknown-chair"
    case unknownUnit = "unknown-unit"
    case noSites = "no-sites"
    case badFloor = "bad-floor"
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
    case blankRow = "blank-row"
    case sectionRow = "section-row"
    case totalRow = "total-row"
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
    }
    /// As the caller named it.
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// "F65": what a spreadsheet calls the place; nil outside of workbooks.
    public var cell: String?
    /// Errors make a file bad.
    public var severity: Severity
    /// For scripts; stable.
    public var code: ProblemCode
    /// For people, in the language asked for.
    public var message: String
    public init(file: String, line: Int, column: Int, severity: Severity, code: ProblemCode, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.code = code
        self.message = message
    }
    /// `FILE:LINE:COL: error[code]: message`, of a workbook `FILE:CELL: …`.
    public var description: String { "\(file):\(cell ?? "\(line):\(column)"): \(severity.rawValue)[\(code.rawValue)]: \(message)" }
}

/// A file that cannot be used, with all its problems.
public struct InvalidFile: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the file; at least one error.
    public var problems: [Problem]
    public init(problems: [Problem]) { self.problems = problems }
    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
