import Basics
import SDP
import Testing

@testable import Peer

@Suite("ICE-lite")
struct ICETests {
    let security = FakeSecurity("ice")
    let credentials = ICECredentials(username: "local", password: "0123456789012345678901")
    let here = Address(ipv4: 0x0A00_0001, port: 1)
    let there = Address(ipv4: 0x0A00_0002, port: 2)

    func check(
        username: String = "local:remote", key: String = "0123456789012345678901", use: Bool = false, controlled: Bool = false,
        extra: UInt16? = nil, integrity: Bool = true
    ) -> [UInt8] {
        var builder = STUNBuilder(.request, STUNTransaction(high: 1, low: 2))
        builder.add(STUNAttribute.username, Array(username.utf8))
        builder.add(STUNAttribute.priority, UInt32(1))
        builder.add(controlled ? STUNAttribute.controlled : STUNAttribute.controlling, UInt64(5))
        if use { builder.add(STUNAttribute.useCandidate) }
        if let extra { builder.add(extra, [1]) }
        if integrity { builder.addIntegrity(key: Array(key.utf8), security: security) }
        builder.addFingerprint()
        return builder.writer.bytes
    }

    func run(_ agent: inout ICEServerAgent, _ request: [UInt8], from: Address, at ms: Int64 = 0) throws -> (ICEServerAgent.Outcome, Int?) {
        let outbox = Outbox()
        let outcome = try request.withUnsafeBytes {
            agent.receive(try STUNMessage(parsing: $0), from: from, now: instant(ms), security: security, outbox: outbox)
        }
        let answer = try outbox.messages.first.map {
            try $0.withUnsafeBytes { raw in
                let message = try STUNMessage(parsing: raw)
                if message.kind == .success { #expect(message.mapped == from) }
                #expect(outbox.datagrams[0].to == from)
                #expect(message.errorCode == 400 || message.errorCode == 401 || message.isAuthentic(key: Array(credentials.password.utf8), security: security))
                return message.errorCode ?? 0
            }
        }
        return (outcome, answer)
    }

    @Test("wrong checks get their errors and change nothing")
    func errors() throws {
        var agent = ICEServerAgent(credentials: credentials, remoteUsername: "remote", now: .zero)
        #expect(try run(&agent, check(integrity: false), from: here) == (.dropped(.unauthenticatedSTUN), 400))
        #expect(try run(&agent, check(username: "local"), from: here) == (.dropped(.unauthenticatedSTUN), 400))
        #expect(try run(&agent, check(username: "other:remote"), from: here) == (.dropped(.unauthenticatedSTUN), 401))
        #expect(try run(&agent, check(key: "x"), from: here) == (.dropped(.unauthenticatedSTUN), 401))
        #expect(try run(&agent, check(controlled: true), from: here) == (.answered(newAddress: false), 487))
        #expect(try run(&agent, check(extra: 0x7001), from: here) == (.answered(newAddress: false), 420))
        #expect(agent.remote == nil && agent.consentUntil == instant(30_000))
    }

    @Test("a bare request gets no error larger than itself")
    func noAmplification() throws {
        var agent = ICEServerAgent(credentials: credentials, remoteUsername: "remote", now: .zero)
        let bare = STUNBuilder(.request, STUNTransaction(high: 1, low: 2)).writer.bytes
        #expect(try run(&agent, bare, from: here) == (.dropped(.unauthenticatedSTUN), nil))
    }

    @Test("the pair follows USE-CANDIDATE, and every check is consent")
    func nomination() throws {
        var agent = ICEServerAgent(credentials: credentials, remoteUsername: "remote", now: .zero)
        #expect(try run(&agent, check(), from: here, at: 100) == (.answered(newAddress: true), 0))
        #expect(agent.remote == here && agent.nominated == nil)
        #expect(try run(&agent, check(extra: 0x8001), from: there) == (.answered(newAddress: false), 0))
        #expect(try run(&agent, check(use: true), from: there, at: 5_000) == (.answered(newAddress: true), 0))
        #expect(agent.remote == there && agent.consentUntil == instant(35_000))
        #expect(try run(&agent, check(), from: here, at: 6_000) == (.answered(newAddress: false), 0))
        #expect(agent.remote == there && agent.consentUntil == instant(36_000))
    }

    @Test("addresses that passed a check are few")
    func addresses() throws {
        var agent = ICEServerAgent(credentials: credentials, remoteUsername: "remote", now: .zero)
        _ = try run(&agent, check(use: true), from: here)
        for port in 10..<40 as Range<UInt16> { _ = try run(&agent, check(), from: Address(ipv4: 1, port: port)) }
        #expect(agent.checked.count == 8 && agent.checked.contains(here) && agent.checked.contains(Address(ipv4: 1, port: 39)))
    }
}
