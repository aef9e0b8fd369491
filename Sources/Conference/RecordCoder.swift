/// Turns records and hop messages into bytes and back; the shell hands one to the core (`Wire` does it with protobuf).
///
/// What `decode` makes of a stranger's bytes is checked again by ``Conference``: a coder only refuses what is no message.
public protocol RecordCoder {
    /// The value of one record.
    func encode(_ record: ConferenceRecord) -> [UInt8]
    /// Nil: not a record this version knows.
    func decodeRecord(_ bytes: [UInt8]) -> ConferenceRecord?
    /// The payload of one hop message.
    func encode(_ message: FloorMessage) -> [UInt8]
    /// Nil: not a message this version knows.
    func decodeHop(_ bytes: [UInt8]) -> FloorMessage?
}
