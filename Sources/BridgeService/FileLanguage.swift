import Documents
import Topology
import TopologyFiles

/// The language of messages about topology and meeting files.
typealias FileLanguage = Language

extension FileLanguage {
    init(_ language: OperatorLanguage) { self = language == .english ? .en : .vi }
}

extension Network {
    /// What the file says, or its names show; nil where neither tells.
    var operatorLanguage: OperatorLanguage? { TopologyFiles.language(of: self).map { $0 == .vi ? .vietnamese : .english } }
}
