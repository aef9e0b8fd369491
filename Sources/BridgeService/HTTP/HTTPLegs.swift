import Bridge
import Conference
import Console
import Hummingbird
import Peer
import SDP

/// `POST /api/join` and `DELETE /api/legs/{id}`, shaped like WHIP (RFC 9725).
func addLegs(to router: Router<BasicRequestContext>, door: Door, gate: OfferGate = OfferGate()) {
    router.post("/api/join") { request, context -> Response in
        let pass = try door.admit(request, to: .join)
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/sdp") == true else {
            throw HTTPProblem.wrongType
        }
        let bytes = try await request.bytes(limit: HTTPService.offerLimit)
        guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix("v=0") else {
            throw HTTPProblem(Refusal.badOffer)
        }
        // Here and not on the loop, which carries everybody's media.
        guard let read = await gate.pass({ Result { () throws(NegotiationError) in try SessionDescription(parsing: text) } }) else {
            door.refusals.count(.tooManyOffers)
            throw HTTPProblem.tooManyOffers
        }
        let joined: (leg: UInt32, answer: String)
        do throws(JoinRefusal) {
            guard case .success(let offer) = read else {
                if case .failure(let error) = read { throw JoinRefusal(.badOffer, error) }
                throw JoinRefusal(.badOffer)
            }
            joined = try await door.gateway.join(pass, offer: offer)
        } catch {
            if let reason = error.reason {
                let words = reason.sentence(.english)
                context.logger.notice("offer refused", metadata: ["site": "\(pass.site)", "code": "\(error.refusal.rawValue)", "reason": "\(words)"])
            }
            throw HTTPProblem(error.refusal, error.reason)
        }
        return Response(
            status: .created,
            headers: [
                .contentType: "application/sdp", .location: "/api/legs/\(joined.leg)", .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: joined.answer)))
    }
    router.delete("/api/legs/:id") { request, context -> Response in
        let pass = try door.admit(request, to: .leave)
        guard let leg = context.parameters.get("id", as: UInt32.self) else { throw HTTPProblem.notFound }
        await door.gateway.leave(leg: leg, pass: pass)
        // RFC 9725 section 4.2 wants 200.
        return Response(status: .ok)
    }
}
