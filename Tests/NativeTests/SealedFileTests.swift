import Basics
import Native
import Testing

@Suite("A file signed by the authority")
struct SealedFileTests {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)
    static let text = "network: ninh-binh\nversion: 2\n" + (0..<2_000).map { "  - id: node-\($0)\n" }.joined()

    @Test("opens with the network's certificate alone, and is small")
    func opens() throws {
        let authority = try CertificateAuthority.create(network: "ninh-binh", now: Self.wall)
        let sealed = try authority.seal(Self.text)
        #expect(sealed.count < Self.text.utf8.count / 3)
        let reader = try SealedFile(authority: authority.credential.certificate)
        #expect(try reader.open(sealed) == Self.text)
    }

    @Test("with one bit changed anywhere, cut short, or by another authority it does not")
    func refuses() throws {
        let authority = try CertificateAuthority.create(network: "ninh-binh", now: Self.wall)
        let sealed = try authority.seal(Self.text)
        let reader = try SealedFile(authority: authority.credential.certificate)
        for at in stride(from: 0, to: sealed.count, by: 97) {
            var spoilt = sealed
            spoilt[at] ^= 1 << UInt8(at % 8)
            #expect(throws: SealedFile.Problem.self, "byte \(at)") { try reader.open(spoilt) }
        }
        for length in [0, 3, 4, 67, 68, 69, sealed.count - 1] {
            #expect(throws: SealedFile.Problem.self, "\(length) bytes") { try reader.open(Array(sealed.prefix(length))) }
        }
        let other = try CertificateAuthority.create(network: "ninh-binh", now: Self.wall)
        #expect(throws: SealedFile.Problem.badSignature) { try reader.open(other.seal(Self.text)) }
        #expect(throws: SealedFile.Problem.tooLarge) { try reader.open([UInt8](repeating: 0, count: SealedFile.limit + 1)) }
        #expect(throws: SealedFile.Problem.malformed) { try reader.open(Array("NCF2".utf8) + sealed.dropFirst(4)) }
    }
}
