import BridgeService

extension TopologyFilesLanguage {
    /// The same of pages and nodes.
    var console: OperatorLanguage { self == .vi ? .vietnamese : .english }
}
