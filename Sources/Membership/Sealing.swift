import Basics

// This node's own signatures, and what it and others say of their lives.
extension Membership {
    /// The effect of every start and every new life: the word by which other nodes know whose records these are.
    func tellLife(now: Instant, into effects: inout [Effect]) {
        guard let word = ownLife() else { return }
        set(.link, key: LifeRecord.key, value: word, now: now, into: &effects)
    }

    private func ownLife() -> [UInt8]? {
        guard let signer = signing?.signer, signer.certificate.count <= LifeRecord.certificateLimit,
            let signature = signer.sign(Seal.statement(life: incarnation, of: node)), signature.count == Seal.signatureBytes
        else { return nil }
        return LifeRecord(certificate: signer.certificate, signature: signature).bytes
    }

    /// Whether this node signs such a record.
    func signs(_ lane: Lane, _ key: String, _ value: [UInt8]) -> Bool { signing?.isSigned(lane, key, value) ?? false }

    /// A value of this node with its signature; as it is if the key does not sign.
    func sealed(_ id: NamespaceID, key: String, version: UInt64, _ body: [UInt8]) -> [UInt8] {
        let statement = Seal.statement(id, incarnation, key: key, version: version, body: body)
        guard let signature = signing?.signer.sign(statement), signature.count == Seal.signatureBytes else { return body }
        return Seal.join(body, signature)
    }

    /// A value of this node that begins another life, or another version in it: signed anew if it was signed.
    func resealed(_ id: NamespaceID, key: String, version: UInt64, _ value: [UInt8]) -> [UInt8] {
        if id.lane == .link, key == LifeRecord.key { return ownLife() ?? value }
        guard let body = Seal.split(value)?.body, signs(id.lane, key, body) else { return value }
        return sealed(id, key: key, version: version, body)
    }

    // MARK: Claims about lives

    /// The request with its owner's word for that life, if this node holds it.
    func shown(_ request: Request) -> Request {
        guard signing != nil, request.proof == nil else { return request }
        let link = NamespaceID(node: request.namespace.node, lane: .link)
        guard let slot = store.slot(link), store[slot].incarnation == request.incarnation else { return request }
        let (at, found) = store[slot].find(LifeRecord.key)
        guard found, let word = store[slot].records[at].value, word.count <= Limits.proof else { return request }
        var request = request
        request.proof = word
        return request
    }

    /// Whether a claim that came from the edge may go on towards its owner. One with a false proof is dropped; one without proof goes on, since
    /// its owner may run a program that asks for none, and the sender is asked for the proof.
    func isFit(toPassOn request: Request, from source: Edge, now: Instant) -> Bool {
        guard signing != nil else { return true }
        guard let proof = request.proof else {
            let known = writers.writer(request.namespace.node)?.incarnation
            guard known.map({ $0 < request.incarnation }) ?? true else { return true }
            let link = NamespaceID(node: request.namespace.node, lane: .link)
            Request(namespace: link, incarnation: request.incarnation, version: 0).queue(on: source, now: now)
            return true
        }
        if isHeld(proof, of: request.namespace.node, request.incarnation) { return true }
        guard source.seals.spendClaim(now: now), isProof(proof, of: request.namespace.node, request.incarnation, on: source) else {
            source.tally.count(\.unproven)
            return false
        }
        return true
    }

    /// That very word stands in the store, where it was checked.
    private func isHeld(_ proof: [UInt8], of writer: NodeIndex, _ life: Incarnation) -> Bool {
        guard writers.writer(writer)?.incarnation == life else { return false }
        return value(node: writer, lane: .link, key: LifeRecord.key) == proof
    }

    /// Whether the node lived that life by its own word. The certificate may have expired since.
    private func isProof(_ proof: [UInt8], of writer: NodeIndex, _ life: Incarnation, on edge: Edge) -> Bool {
        guard let signing, let word = LifeRecord(proof) else { return false }
        edge.tally.count(\.checked)
        guard let key = signing.verifier.key(in: word.certificate, evenExpired: true), key.node == writer else { return false }
        return key.made(word.signature, over: Seal.statement(life: life, of: writer))
    }

    /// Whether this node had the later life that a neighbour shows.
    func believes(_ life: Incarnation, proof: [UInt8]?, from edge: Edge, now: Instant) -> Bool {
        guard signing != nil else { return true }
        // The present life's word says nothing of versions, and who lives knows what it wrote.
        if life > incarnation, let proof, edge.seals.spendClaim(now: now), isProof(proof, of: node, life, on: edge) { return true }
        if life > incarnation, mayBelieveUnproven(now: now) {
            unprovenLives += 1
            unprovenAt = now
            return true
        }
        edge.tally.count(\.unproven)
        if life > incarnation, proof == nil {
            Request(namespace: NamespaceID(node: node, lane: .link), incarnation: life, version: 0).queue(on: edge, now: now)
        }
        return false
    }

    /// A node whose former lives were an older program's has no proof of them. One that began without a counter takes a neighbour's word a few
    /// times; one that was told to take all takes it now and then.
    private func mayBelieveUnproven(now: Instant) -> Bool {
        switch configuration.unsigned {
        case .refuse: false
        case .untilSigned: configuration.incarnationCounter == 0 && unprovenLives < Limits.unprovenLives
        case .accept: unprovenAt.map { now >= $0 + Limits.unprovenPause } ?? true
        }
    }
}

extension GossipFrame.Section {
    /// The owner's word for the life in which it wrote this, if it is among the records.
    var lifeRecord: [UInt8]? {
        guard namespace.lane == .link else { return nil }
        return records.first { $0.key == LifeRecord.key }?.value
    }
}
