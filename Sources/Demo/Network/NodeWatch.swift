import Console
import Foundation
import NodeClient

/// Asks every node for its `/api/status` about once a second (all together at most twenty times: an answer costs milliseconds) and
/// keeps the last answers and the most of each number.
actor NodeWatch {
    /// A node's flow over one trunk, over time.
    private struct Sum {
        var audio = 0
        var video = 0
        var kbps = 0.0
        var samples = 0
        mutating func add(_ flow: NodeStatus.Flow) {
            audio = max(audio, flow.audioStreams)
            video = max(video, flow.videoStreams)
            kbps += flow.kbps
            samples += 1
        }
        var flow: DemoReport.Flow {
            DemoReport.Flow(audioStreams: audio, videoStreams: video, kbps: samples == 0 ? 0 : (kbps / Double(samples) * 10).rounded() / 10)
        }
    }

    private let clients: [NodeClient]
    private let token: String
    private(set) var last: [NodeStatus?]
    private var up: [Sum]
    private var down: [Sum]
    private var isCounting = false

    /// Nodes by slot.
    init(_ clients: [NodeClient], token: String) {
        self.clients = clients
        self.token = token
        last = Array(repeating: nil, count: clients.count)
        up = Array(repeating: Sum(), count: clients.count)
        down = up
    }

    /// From now on flows count.
    func count() {
        isCounting = true
        for i in up.indices {
            up[i] = Sum()
            down[i] = Sum()
        }
    }

    /// Asks until it is cancelled.
    func run() async {
        let pause = Duration.milliseconds(max(900, 50 * clients.count))
        await withTaskGroup(of: Void.self) { group in
            for slot in clients.indices {
                group.addTask {
                    // Spread over the second.
                    try? await Task.sleep(for: .milliseconds(slot * 37 % 900))
                    while !Task.isCancelled {
                        _ = await self.ask(slot)
                        try? await Task.sleep(for: pause)
                    }
                }
            }
        }
    }

    /// One node's status now; nil if it does not answer.
    @discardableResult
    func ask(_ slot: Int) async -> NodeStatus? {
        let answer = try? await clients[slot].send("GET", "/api/status", token: token, timeout: .seconds(3))
        guard let answer, answer.status == 200, let status = try? Console.decode(NodeStatus.self, from: answer.body) else {
            last[slot] = nil
            return nil
        }
        last[slot] = status
        if isCounting, let trunk = status.trunks.first(where: { $0.direction == "up" && !$0.backup }) {
            up[slot].add(trunk.sent)
            down[slot].add(trunk.received)
        }
        return status
    }

    /// The flows of the trunk above a slot: up, then down.
    func flows(_ slot: Int) -> (up: DemoReport.Flow, down: DemoReport.Flow) { (up[slot].flow, down[slot].flow) }

    /// Whether a node says it is ready.
    func isReady(_ slot: Int) async -> Bool {
        let answer = try? await clients[slot].send("GET", "/health", timeout: .seconds(3))
        return answer?.status == 200
    }
}
