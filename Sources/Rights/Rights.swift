/// Who may do what, as data: a network's rules, which every node asks where a deed is asked for and again where a record is taken.
///
/// In reading order: ``Deed`` (what can be done), ``Reach`` (to what it extends), ``RoleRights`` (one role's line in the table), ``Policy``
/// (all lines, and how halls answer invitations), ``Policy/standard`` (what holds where a topology says nothing). `Topology` carries a
/// policy, `Conference` asks it with the meeting's state at hand (`Authority.swift` there), HTTP asks it with a token's role.
///
/// Imports nothing: topologies and meetings both stand above it.
public enum Rights {}
