import Console
import Foundation
import Glibc

/// Where the demo's words go: standard output, or standard error when the output is one JSON object.
struct Talk: Sendable {
    let descriptor: Int32

    init(json: Bool) { descriptor = json ? 2 : 1 }

    /// A line.
    func say(_ text: String) { put(text + "\n", descriptor) }
    /// A line about what went wrong.
    func error(_ text: String) { put("error: " + text + "\n", 2) }
    /// Progress of long work, on a terminal only.
    func progress(_ text: String) { if isatty(descriptor) == 1 { put("\r\u{1B}[2K" + text + "\r", descriptor) } }
    /// The one object.
    func result(_ report: DemoReport) { put(String(decoding: Console.json(report), as: UTF8.self) + "\n", 1) }

    private func put(_ text: String, _ descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

/// SIGINT and SIGTERM as something to wait for.
final class StopSignals: @unchecked Sendable {
    private let sources: [any DispatchSourceSignal]
    private let stream: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation

    init() {
        (stream, sink) = AsyncStream.makeStream(of: Void.self)
        let sink = sink
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { sink.yield() }
            source.resume()
            return source
        }
    }

    /// Returns at the first signal, or when the task is cancelled.
    func wait() async { for await _ in stream { return } }

    func restore() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
}
