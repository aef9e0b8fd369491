import Foundation

// The two functions that libFuzzer calls. One program holds all targets; the name it is started under chooses.

/// One parser under fuzzing: bytes of the network go in, and what it promises about them is checked.
protocol FuzzTarget {
    /// Bytes as the real encoders or real clients make them: where the search begins.
    static var seeds: [[UInt8]] { get }
    /// Never traps on any bytes, and traps by ``promise(_:_:)`` where a promise is broken.
    static func run(_ bytes: UnsafeRawBufferPointer)
}

let fuzzTargets: [String: any FuzzTarget.Type] = [
    "stun": STUNTarget.self, "demultiplex": DemultiplexTarget.self, "rtp": RTPTarget.self, "rtcp": RTCPTarget.self,
    "video": VideoTarget.self, "sdp": SDPTarget.self, "gossip": GossipTarget.self, "record": RecordTarget.self,
    "hop": HopTarget.self, "interest": InterestTarget.self, "workbook": WorkbookTarget.self,
]
nonisolated(unsafe) private var chosen: any FuzzTarget.Type = STUNTarget.self

/// What must hold whatever came in; libFuzzer keeps the input when it does not.
func promise(_ holds: Bool, _ words: @autoclosure () -> String) {
    if !holds { fatalError("broken promise: \(words())") }
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard let path = arguments.pointee[0] else { exit(2) }
    let name = URL(fileURLWithPath: String(cString: path)).lastPathComponent
    if let folder = getenv("FUZZ_SEEDS") {
        writeSeeds(to: String(cString: folder))
        exit(0)
    }
    guard let target = fuzzTargets[name] else {
        FileHandle.standardError.write(Data("no fuzz target \(name); there are: \(fuzzTargets.keys.sorted().joined(separator: " "))\n".utf8))
        exit(2)
    }
    chosen = target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}

/// `FUZZ_SEEDS=Tests/Fuzz/corpus .build-fuzz/stun` writes the committed corpora anew.
private func writeSeeds(to folder: String) {
    for (name, target) in fuzzTargets {
        let place = URL(fileURLWithPath: folder).appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for (i, seed) in target.seeds.enumerated() {
                try Data(seed).write(to: place.appendingPathComponent(String(format: "seed-%02d", i)))
            }
        } catch {
            fatalError("\(place.path): \(error)")
        }
    }
}

/// Text of hexadecimal digits and blanks.
func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
