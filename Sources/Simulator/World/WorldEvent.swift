/// What the world does next; `Int32`s are places in its tables.
enum WorldEvent {
    /// A datagram reaches its receiver.
    case deliver(Int32)
    /// A node's, or a hall's, deadline.
    case wakeNode(Int32)
    case wakeHall(Int32)
    /// A hall's microphone has 20 ms of sound.
    case speak(Int32)
    /// A page tries to join (again).
    case join(Int32)
    /// An event of the timeline.
    case happen(Int32)
    /// A planned meeting is started.
    case start(Int32)
    /// A node's pause is over.
    case resume(Int32)
    /// A dead node's supervisor starts it again.
    case restart(Int32)
    /// A node with a newer program writes a record of its own in that life.
    case writeNewer(Int32, life: Int32)
    /// A lying node writes a record in that life.
    case lie(Int32, life: Int32)
    /// The liveness phase begins.
    case heal
    /// The liveness rules are looked at.
    case probe
    /// The report's sample.
    case sample
}
