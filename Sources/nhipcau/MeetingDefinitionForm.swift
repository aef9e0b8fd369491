import Console
import Topology

/// A meeting file as the form that a node's API takes: the node need not have the file.
struct MeetingDefinitionForm {
    let form: MeetingForm

    init(_ file: MeetingFile) {
        var form = MeetingForm(
            title: file.title, kind: file.kind.rawValue, chairs: file.chairs.map(\.rawValue), sites: file.sites.map(\.rawValue))
        form.id = file.id.rawValue
        form.videoCodec = file.codec == .h264 ? "h264" : "vp8"
        form.openMicrophones = file.openMicrophones
        form.floorSize = file.floorSize
        form.audioKbps = Int(file.audioRate.bitsPerSecond / 1_000)
        form.videoKbps = Int(file.videoRate.bitsPerSecond / 1_000)
        form.loudspeakers = file.loudspeakers
        self.form = form
    }
}
