import Conference
import Console
import Testing

@Suite("Sentences for halls and chairs") struct SentenceTests {
    /// The kinds of problems of a form; a new one does not compile until it stands here.
    enum Kind: CaseIterable {
        case unknownFile, badTitle, unknownKind, unknownCodec, unknownSite, unknownNode, unknownLevel, tooFewSites, badID, badNumbers

        init(_ problem: FormProblem) {
            switch problem {
            case .unknownFile: self = .unknownFile
            case .badTitle: self = .badTitle
            case .unknownKind: self = .unknownKind
            case .unknownCodec: self = .unknownCodec
            case .unknownSite: self = .unknownSite
            case .unknownNode: self = .unknownNode
            case .unknownLevel: self = .unknownLevel
            case .tooFewSites: self = .tooFewSites
            case .badID: self = .badID
            case .badNumbers: self = .badNumbers
            }
        }
    }
    static let name = "xã-ở-đâu"
    static let problems: [FormProblem] = [
        .unknownFile(name), .badTitle, .unknownKind(name), .unknownCodec(name), .unknownSite(name), .unknownNode(name), .unknownLevel(name),
        .tooFewSites, .badID(name), .badNumbers,
    ]

    /// Every sentence that a person may read, by the reason's name.
    private func sentences(_ language: Language) -> [(reason: String, sentence: Sentence)] {
        Refusal.allCases.map { ($0.rawValue, $0.sentence(language)) } + TokenRefusal.allCases.map { ($0.rawValue, $0.sentence(language)) }
            + Self.problems.map { ("\($0)", $0.sentence(language)) }
    }

    @Test("every problem of a form stands in the list of this test")
    func kinds() { #expect(Set(Self.problems.map { Kind($0) }) == Set(Kind.allCases)) }

    @Test("say what is wrong and what to do next, in whole sentences", arguments: Language.allCases)
    func whole(language: Language) {
        for (reason, sentence) in sentences(language) {
            for text in [sentence.message, sentence.nextStep] {
                #expect(text.count > 8 && text.hasSuffix("."), "\(reason): \(text)")
                #expect(text.first?.isUppercase == true, "\(reason): \(text)")
                #expect(!text.contains("  ") && !text.contains("\n"), "\(reason): \(text)")
            }
            #expect(sentence.message != sentence.nextStep, "\(reason)")
        }
    }

    @Test("are of the language asked for")
    func languages() {
        let letters = Set("ăâđêôơưĂÂĐÊÔƠƯàáãèéìíòóõùúýÀÁÈÉ".unicodeScalars)
        func isVietnamese(_ text: String) -> Bool {
            text.replacing(Self.name, with: "").unicodeScalars.contains { (0x1EA0...0x1EF9).contains($0.value) || letters.contains($0) }
        }
        for (vi, en) in zip(sentences(.vietnamese), sentences(.english)) {
            #expect(isVietnamese(vi.sentence.message) && isVietnamese(vi.sentence.nextStep), "\(vi.reason)")
            #expect(!isVietnamese(en.sentence.message) && !isVietnamese(en.sentence.nextStep), "\(en.reason)")
        }
    }

    @Test("tell reasons apart, and name what was not found", arguments: Language.allCases)
    func apart(language: Language) {
        let all = sentences(language)
        // A site is unknown to the network, asked for by a link or by a form.
        #expect(Set(all.map(\.sentence.message)).count == all.count)
        for problem in Self.problems where "\(problem)".contains("\"") {
            #expect(problem.sentence(language).message.contains(Self.name), "\(problem)")
        }
    }
}
