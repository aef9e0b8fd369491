/// Packets of the media plane and the small machines that keep one RTP stream in order.
///
/// Everything works on bytes in place: a parsed header is a handful of numbers beside a pointer it does not own, and a
/// writer fills a slot that the caller reserved. Nothing here allocates per packet, reads a clock or trusts a length
/// field: bytes from the network are checked once and refused as nil, never trapped on.
///
/// In reading order: ``RTPHeader`` (RFC 3550 section 5.1, extensions of RFC 8285, audio level of RFC 6464),
/// ``SequenceUnwrapper`` and ``TimestampUnwrapper`` (numbers that wrap), ``RTCPCompound`` and ``RTCPWriter`` (reports and
/// feedback: RFC 3550, 4585, 5104, REMB), ``ReceiveStatistics`` (RFC 3550 appendix A), ``SenderReportClock`` and
/// ``SentReports`` (whose clock a stream runs on; round trips), ``NackGenerator`` and ``RetransmissionCache`` (both ends
/// of a repair), ``VP8PayloadDescriptor`` and ``H264Payload`` (what a payload starts), ``VideoPacketizer`` and
/// ``VideoFrameAssembler`` (whole frames to packets and back).
///
/// May import `Basics` only.
public enum RTP {}
