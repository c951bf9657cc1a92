import Foundation
import TestSupport
import Testing

@Suite("POST /feedback")
struct FeedbackContractTests {
    private static let path = "/api/v1/feedback"

    private func add(_ server: ServerUnderTest) async throws -> String {
        let added = try await server.post("/api/v1/knowledge", #"{"issue":"disk full","resolution":"df -h"}"#)
        return try #require(added.json["id"] as? String)
    }

    @Test("A vote is accepted, is counted, and does not change the knowledge by itself")
    func accepted() async throws {
        try await ServerUnderTest.serving { server async throws in
            let id = try await add(server)
            let reply = try await server.post(
                Self.path, #"{"query":"my disk is full","item_id":"\#(id)","helpful":true,"comment":"df was it"}"#)
            #expect(reply.status == 202)
            #expect(reply.json["item_id"] as? String == id && reply.json["helpful"] as? Bool == true)
            #expect(reply.json["message"] is String)
            let no = try await server.post(Self.path, #"{"query":"q","item_id":"\#(id)","helpful":false}"#)
            #expect(no.status == 202)
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("thermocline_feedback_votes_total{outcome=\"helpful\"} 1\n"))
            #expect(metrics.contains("thermocline_feedback_votes_total{outcome=\"unhelpful\"} 1\n"))
            #expect(metrics.contains("thermocline_feedback_settled_items_total "))
        }
    }

    @Test("Items show their quality one by one, and exports leave it out")
    func shown() async throws {
        try await ServerUnderTest.serving { server async throws in
            let id = try await add(server)
            #expect(try await server.get("/api/v1/knowledge/" + id).json["quality"] as? Double == 0)
            #expect(try await server.get("/api/v1/knowledge/export").lines.first?["quality"] == nil)
        }
    }

    @Test("An item that is not there is a 404, whatever its id looks like", arguments: ["99", "x", "-1", "1.5"])
    func unknown(id: String) async throws {
        try await ServerUnderTest.serving { server async throws in
            let reply = try await server.post(Self.path, #"{"query":"q","item_id":"\#(id)","helpful":true}"#)
            #expect(reply.status == 404)
        }
    }

    @Test("What is wrong with a vote is told by its field")
    func invalid() async throws {
        try await ServerUnderTest.serving { server async throws in
            let id = try await add(server)
            let long = String(repeating: "x", count: 2_001)
            for (body, type, field) in [
                (#"{"item_id":"\#(id)","helpful":true}"#, "missing", "query"),
                (#"{"query":" ","item_id":"\#(id)","helpful":true}"#, "string_too_short", "query"),
                (#"{"query":"\#(long)","item_id":"\#(id)","helpful":true}"#, "string_too_long", "query"),
                (#"{"query":"q","helpful":true}"#, "missing", "item_id"),
                (#"{"query":"q","item_id":1,"helpful":true}"#, "string_type", "item_id"),
                (#"{"query":"q","item_id":"\#(id)"}"#, "missing", "helpful"),
                (#"{"query":"q","item_id":"\#(id)","helpful":"yes"}"#, "bool_type", "helpful"),
                (#"{"query":"q","item_id":"\#(id)","helpful":null}"#, "bool_type", "helpful"),
                (
                    #"{"query":"q","item_id":"\#(id)","helpful":true,"comment":"\#(long)"}"#, "string_too_long",
                    "comment"
                ),
                (#"{"query":"q","item_id":"\#(id)","helpful":true,"comment":[]}"#, "string_type", "comment"),
            ] {
                let reply = try await server.post(Self.path, body)
                #expect(reply.status == 422, "\(body.prefix(80))")
                let detail = try #require((reply.json["detail"] as? [[String: Any]])?.first)
                #expect(detail["type"] as? String == type && (detail["loc"] as? [String])?[1] == field)
            }
            #expect(try await server.get(Self.path).status == 405)
        }
    }
}
