/// The shell around one ``Bridge``: the only module of a node with clocks, sockets, threads and entropy.
///
/// In reading order: ``NodeService`` (starts everything, stops cleanly), ``StateFolder`` (certificates and archive of one
/// node), ``EventLoop`` and `DatagramSocket` (the thread that owns the bridge), `Gateway` (what pages ask, carried into
/// the loop), ``Trouble`` (what an operator should know, in words), ``MeetingFiles``, `Subscriptions` (views out to pages), `SiteNotes` (what was decided about a site), `Stills`, `StatusReport`
/// and `Metrics`, and the folder `HTTP`.
public enum BridgeService {
    /// Told in `/api/status` and by `nhipcau --version`.
    public static let version = "0.1.0"
}
