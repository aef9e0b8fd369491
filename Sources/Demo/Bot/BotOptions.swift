import Foundation

/// What the command line says to `nhipcau bot`.
public struct BotOptions: Sendable {
    /// Where the site's node has its pages: `http://127.77.0.3:8443`.
    public var node: URL
    /// A room's or chair's token of that site.
    public var token: String
    /// The site's id.
    public var site: String
    /// The folder of prepared clips.
    public var media: String
    /// Of the clips.
    public var rates: MediaRates
    /// A file that tells the sites' marks: one line `INDEX<TAB>SITE<TAB>NAME` for each.
    public var sites: String
    /// Keeps the microphone open while it is the acting chair; otherwise the chair's hall mutes itself.
    public var speakAsChair: Bool
    /// Nobody talks until `talk`.
    public var isQuiet: Bool
    /// Has no camera, as all others: nothing is to be seen.
    public var soundOnly: Bool
    /// Has no camera, and sees others'.
    public var cameraOff: Bool
    /// Decodes only until it has heard and seen whoever speaks.
    public var rests: Bool

    public init(
        node: URL, token: String, site: String, media: String, rates: MediaRates = MediaRates(), sites: String, speakAsChair: Bool = false,
        isQuiet: Bool = false, soundOnly: Bool = false, cameraOff: Bool = false, rests: Bool = false
    ) {
        self.node = node
        self.token = token
        self.site = site
        self.media = media
        self.rates = rates
        self.sites = sites
        self.speakAsChair = speakAsChair
        self.isQuiet = isQuiet
        self.soundOnly = soundOnly
        self.cameraOff = cameraOff
        self.rests = rests
    }
}
