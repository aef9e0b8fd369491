import Basics

/// A lease that went through this node and is not yet dead by its clock.
struct RememberedLease: Hashable {
    var slot: UInt8
    var name: LeaseName
    var request: RequestID
    var until: Instant
    /// The attached child that it was passed to; nil if its home is here.
    var via: NodeIndex?
}
