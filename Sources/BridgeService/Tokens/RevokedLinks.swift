import Conference
import Synchronization

/// The withdrawn links as the HTTP side asks for them: kept beside the loop, so that a token costs it nothing.
final class RevokedLinks: Sendable {
    private struct Known {
        var spoken: Set<SpokenRevocation>
        var subjects: Set<Revocation.Subject>
        init(_ spoken: Set<SpokenRevocation>) {
            self.spoken = spoken
            subjects = Set(spoken.map(\.revocation.subject))
        }
    }
    private let known: Mutex<Known>

    /// With those of before the restart.
    init(_ kept: [SpokenRevocation] = []) { known = Mutex(Known(Set(kept))) }

    func add(_ one: SpokenRevocation) {
        known.withLock { known in
            known.spoken.insert(one)
            known.subjects.insert(one.revocation.subject)
        }
    }

    /// Another writer may have said the same for longer.
    func remove(_ over: [SpokenRevocation]) { known.withLock { $0 = Known($0.spoken.subtracting(over)) } }

    func covers(_ pass: Pass) -> Bool {
        known.withLock {
            $0.subjects.contains(.link(pass.site, id: pass.token)) || (!pass.key.isEmpty && $0.subjects.contains(.key(pass.key)))
        }
    }
}
