import Basics
import Conference
import Console
import Hummingbird

/// `GET`, `POST` and `DELETE /api/meetings`.
func addMeetings(to router: Router<BasicRequestContext>, door: Door) {
    router.get("/api/meetings") { request, _ -> Response in
        let pass = try door.admit(request, to: .readMeetings)
        let running = await door.gateway.meetings(for: pass)
        let files = await door.gateway.meetingFiles(for: pass)
        return jsonResponse(
            MeetingList(running: running.map { MeetingSummary($0) }, files: files.map { MeetingSummary($0) }))
    }
    router.post("/api/meetings") { request, _ -> Response in
        let pass = try door.admit(request, to: .startMeetings)
        let form = try await request.json(MeetingForm.self)
        let files = await door.gateway.meetingFiles(for: pass)
        let network = await door.gateway.network()
        let definition: MeetingDefinition
        do throws(FormProblem) {
            definition = try form.resolve(files: files, network: network, site: pass.site, now: door.gateway.now())
        } catch { throw HTTPProblem(error) }
        if pass.role == .chair, !definition.chairs.contains(pass.site) { throw HTTPProblem(Refusal.notAllowed) }
        try await door.perform(.start(definition), pass: pass, meeting: definition.id.rawValue)
        var response = jsonResponse(MeetingSummary(definition, running: true), status: .created)
        response.headers[.location] = "/api/meetings/\(definition.id)"
        return response
    }
    router.delete("/api/meetings/:id") { request, context -> Response in
        let pass = try door.admit(request, to: .endMeetings)
        let id = context.parameters.get("id")
        do throws(HTTPProblem) { try await door.perform(.end, pass: pass, meeting: id) } catch {
            guard error.code == Refusal.notAllowed.rawValue, pass.role == .operator, let place = await endingPlace(of: id, door, pass) else { throw error }
            throw HTTPProblem.endElsewhere(place)
        }
        return Response(status: .noContent)
    }
}

/// The node whose operator may end a meeting that runs here, by id and name.
private func endingPlace(of meeting: String?, _ door: Door, _ pass: Pass) async -> (id: String, name: String)? {
    let network = await door.gateway.network()
    guard let view = await door.gateway.meetings(for: pass).first(where: { $0.definition.id.rawValue == meeting }), let starter = view.startedBy,
        let node = network.nodes.first(where: { $0.index == starter.description })
    else { return nil }
    return (node.id, node.fullName)
}
