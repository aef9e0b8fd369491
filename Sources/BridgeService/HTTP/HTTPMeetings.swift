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
        try await door.perform(.end, pass: pass, meeting: context.parameters.get("id"))
        return Response(status: .noContent)
    }
}
