import Conference
import Console
import Hummingbird
import Peer
import SDP

/// `POST /api/join` and `DELETE /api/legs/{id}`, shaped like WHIP (RFC 9725).
func addLegs(to router: Router<BasicRequestContext>, door: Door, gate: OfferGate = OfferGate()) {
    router.post("/api/join") { request, _ -> Response in
        let pass = try door.admit(request, to: .join)
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/sdp") == true else {
            throw HTTPProblem.wrongType
        }
        let bytes = try await request.bytes(limit: HTTPService.offerLimit)
        guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix("v=0") else {
            throw HTTPProblem(Refusal.badOffer)
        }
        // Here and not on the loop, which carries everybody's media.
        guard let offer = await gate.pass({ try? SessionDescription(parsing: text) }) else {
            door.refusals.count(.tooManyOffers)
            throw HTTPProblem.tooManyOffers
        }
        guard let offer else { throw HTTPProblem(Refusal.badOffer) }
        let joined: (leg: UInt32, answer: String)
        do throws(Refusal) { joined = try await door.gateway.join(pass, offer: offer) } catch { throw HTTPProblem(error) }
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
        return Response(status: .noContent)
    }
}
