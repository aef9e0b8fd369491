// swift-tools-version: 6.2
import PackageDescription

// The house, bottom up. A module imports only what stands below it; docs/architecture.md draws the arrows
// and Tests/TidyTests holds them.

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]
// Debug builds check at run time that no access overlaps another; of the simulator's time those checks took 29 %
// (docs/decisions/exclusivity-in-release.md).
let fast = strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: fast)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func library(_ name: String, _ pkgConfig: String? = nil, _ package: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/System/" + name, pkgConfig: pkgConfig,
        providers: package.map { [.apt([$0])] })
}

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let http1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "NhipCau",
    products: [
        .executable(name: "nhipcau", targets: ["nhipcau"]),
        // Put before the system's libraries in a process of a live run whose clock is to be wrong.
        .library(name: "nhipcau-clock", type: .dynamic, targets: ["ClockFaults"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
    targets: [
        // C libraries of the system.
        library("COpenSSL", "openssl", "libssl-dev"),
        library("COpus", "opus", "libopus-dev"),
        library("CAVCodec", "libavcodec libavutil libswscale", "libavcodec-dev"),
        library("CZstd", "libzstd", "libzstd-dev"),
        library("CLinux"),

        .target(name: "ClockFaults", publicHeadersPath: "."),

        // The core: no input, output, clock or entropy of its own.
        room("Basics"),
        room("Rights"),
        room("RTP", ["Basics"]),
        room("Membership", ["Basics"]),
        room("Conference", ["Basics", "Membership", "Rights"]),
        room("Topology", ["Basics", "Rights"]),
        room("Forwarding", ["Basics", "RTP"]),
        room("Mixing", ["Basics"]),
        room("SDP", ["Basics"]),
        room("Peer", ["Basics", "SDP"]),
        room(
            "Bridge",
            ["Basics", "Rights", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer"]),

        // What shells hand to the core, and files.
        room("Wire", ["Basics", "Membership", "Conference", protobuf], exclude: ["Schema"]),
        room("Documents", ["Basics", yams]),
        room("TopologyFiles", ["Basics", "Rights", "Topology", "Documents", yams]),
        room("Sheets", ["Basics", "Topology", "Documents", "TopologyFiles"]),
        room("Reports", ["Basics", "Topology", "Documents"]),
        room("Drawings", ["Basics", "Topology", "Documents", "TopologyFiles"]),
        room("Native", ["Basics", "Peer", "Mixing", "Membership", "COpenSSL", "COpus", "CAVCodec", "CZstd"]),
        room("Archive", ["Basics", "Membership", "Conference", grdb]),
        room("Console", ["Basics", "Conference"], resources: [.copy("Pages")]),

        // The shells: the only clocks, sockets and entropy.
        room("NodeClient", [nioCore, http1, nioPosix, nioSSL, nioTLS]),
        room(
            "BridgeService",
            [
                "Basics", "Rights", "Membership", "Conference", "Topology", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Documents", "TopologyFiles", "Native",
                "Archive", "Console",
                "NodeClient", "CLinux", hummingbird, hummingbirdCore, hummingbirdTLS, nioCore, http1, nioTLS, nioSSL, logging,
            ]),
        room(
            "Demo",
            [
                "Basics", "RTP", "SDP", "Peer", "Mixing", "Native", "Topology", "TopologyFiles", "Console", "NodeClient",
                "Conference", "BridgeService", "Simulator", "CLinux",
            ]),
        room(
            "Simulator",
            [
                "Basics", "Rights", "RTP", "Membership", "Conference", "Topology", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Documents",
                "TopologyFiles", yams,
            ]),
        .executableTarget(
            name: "nhipcau",
            dependencies: [
                "BridgeService", "Demo", "Simulator", "Basics", "Native", "Wire", "Topology", "Documents", "TopologyFiles", "Sheets", "Reports", "Drawings",
                "Console", "NodeClient", logging, argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Basics", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer", "Bridge", "Wire",
                "Native", "Simulator", "NodeClient", "CLinux",
            ],
            swiftSettings: strict),

        tests("Basics", ["Basics"]),
        tests("RTP", ["Basics", "RTP"]),
        tests("Membership", ["Basics", "Membership", "Conference", "Wire", "Native"]),
        tests("Conference", ["Basics", "Rights", "Conference", "Membership", "Wire"]),
        tests("Wire", ["Basics", "Membership", "Conference", "Wire", "Native"]),
        tests("Archive", ["Basics", "Membership", "Conference", "Archive", grdb]),
        tests("Console", ["Basics", "Conference", "Console"]),
        tests(
            "Topology", ["Basics", "Rights", "Topology", "Documents", "TopologyFiles", "Sheets", "Reports", "Drawings", yams],
            resources: [.copy("Broken"), .copy("Sheets")]),
        tests("Forwarding", ["Basics", "Forwarding", "RTP"]),
        tests("Mixing", ["Basics", "Mixing", "Native"]),
        tests("SDP", ["Basics", "SDP"]),
        tests("Peer", ["Basics", "SDP", "Peer", "Native"]),
        tests("Native", ["Basics", "Peer", "Mixing", "Native"]),
        tests(
            "Bridge",
            [
                "Basics", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Native", "TopologyFiles",
                // Not imported: run as a program.
                "Benchmarks",
            ]),
        tests(
            "BridgeService",
            [
                "Basics", "Rights", "Membership", "Conference", "Native", "SDP", "Peer", "Bridge", "NodeClient", "BridgeService", "Console", "Archive",
                "Topology", "TopologyFiles",
                logging,
            ]),
        tests(
            "Demo",
            [
                "Basics", "RTP", "Membership", "Conference", "SDP", "Peer", "Mixing", "Native", "Wire", "Topology", "TopologyFiles", "Console", "Archive",
                "NodeClient", "BridgeService", "Simulator", "Demo", argumentParser,
                // Not imported: run as a program.
                "nhipcau",
            ]),
        tests(
            "Simulator", ["Basics", "Peer", "Membership", "Conference", "Topology", "Documents", "TopologyFiles", "Wire", "Simulator", "Native"],
            resources: [.copy("Broken")]),
        tests("Tidy", []),
    ]
)
