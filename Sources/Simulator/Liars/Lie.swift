/// What a byzantine node does beside the work of an honest one: its program was replaced, its key and certificate are real.
///
/// The names are what scenario files write. Each lie is told again and again while the node runs.
public enum Lie: String, Hashable, Sendable, CaseIterable {
    // In frames to its neighbours.
    /// Sections of others' namespaces: changed records under the next version.
    case forge
    /// Resets of others' namespaces: "all that you hold is void".
    case void
    /// "You had a former life, in which you wrote more": requests and leaves with larger incarnations of others.
    case formerLife = "former-life"
    /// Fragments of others' namespaces, the rest of which never comes.
    case fragments
    /// Unequal sums and lists for every place of the trie, so that others look for what differs.
    case digests
    /// Scopes: it carries twenty meetings that nobody knows.
    case scopes
    /// It starts meetings with every hall, and carries them.
    case meetings
    /// Hellos with a path, an edition, a clock and a loss that are not so.
    case hellos
    /// Acknowledgements of what was never sent.
    case acks
    /// Attachments, epochs and parts that are not there.
    case epochs
    /// Leases, offers and revocations, which only those above give.
    case leases
    /// Claims and releases of others' requests.
    case claims
    /// Hop messages of noise.
    case noise
    /// Wants every picture and voice, of meetings it is not in too.
    case interests

    // In records of its own.
    /// It defines the running meeting anew, with its own hall as the only chair.
    case takeOver = "take-over"
    /// It ends the meeting, mutes all, gives and takes the floor, in its own name and in the chair's.
    case commands
    /// It speaks as the meeting's crown: overlay, decisions, invitations.
    case crown
    /// Requests of others' halls and many of its own, all emergencies, some from the future.
    case requests
    /// It says who is present, muted and how many, of others' halls.
    case presence
    /// Ballots and attendance of others' halls, and votes that no chair opened.
    case ballots
    /// Streams of others' halls under names of its own.
    case streams
    /// An edition of the topology that nobody signed.
    case edition

    // In media.
    /// Its hall's sound goes out while the microphone is closed.
    case gate
}
