import Foundation
import TestSupport
import Testing

@Suite("The care of the installation over HTTP") struct AdminContractTests {
    private func serving(_ environment: [String: String] = [:], _ body: (ServerUnderTest) async throws -> Void)
        async throws
    {
        let backups = try TemporaryDirectory()
        try await ServerUnderTest.serving(
            environment: ["BACKUP_DIR": backups.path + "/b"].merging(environment) { $1 }, body)
    }

    private func put(_ issue: String, _ server: ServerUnderTest) async throws {
        let reply = try await server.post(
            "/api/v1/knowledge", #"{"issue":"\#(issue)","resolution":"extinguish it"}"#)
        #expect(reply.status == 201)
    }

    @Test("A backup is named, sized, listed and verified") func backup() async throws {
        try await serving { server in
            try await put("the printer is on fire", server)
            #expect(try await server.get("/api/v1/admin/backups").json["backups"] as? [String] == [])
            let made = try await server.send("POST", "/api/v1/admin/backup")
            #expect(made.status == 200)
            let name = try #require(made.json["name"] as? String)
            #expect(name.hasPrefix("thermocline-") && name.hasSuffix(".backup"))
            #expect(made.json["items"] as? Int == 1 && made.json["sealed"] as? Bool == false)
            let bytes = try #require(made.json["bytes"] as? Int)
            let list = try await server.get("/api/v1/admin/backups").json
            let listed = try #require(list["backups"] as? [[String: Any]])
            #expect(listed.map { $0["name"] as? String } == [name])
            #expect(listed.first?["bytes"] as? Int == bytes && bytes > 100)
            #expect(list["running"] is NSNull)
            #expect((list["last"] as? [String: [String: Any]])?["backup"]?["status"] as? String == "done")
            for asked in [name, "latest"] {
                let verified = try await server.post("/api/v1/admin/verify", #"{"backup":"\#(asked)"}"#)
                #expect(verified.status == 200 && verified.json["ok"] as? Bool == true)
                #expect(verified.json["items"] as? Int == 1)
            }
            #expect(try await server.metric("thermocline_backup_last_bytes") == Double(bytes))
            #expect(try await server.metric(#"thermocline_backups_total{outcome="success"}"#) == 1)
            let time = try await server.metric("thermocline_backup_last_success_timestamp_seconds")
            #expect(abs(time - Date().timeIntervalSince1970) < 60)
        }
    }

    @Test("A backup that is not there is 404; one that is damaged or none at all 400, in the shape of every error")
    func refusals() async throws {
        try await serving { server in
            let missing = try await server.post("/api/v1/admin/verify", #"{"backup":"latest"}"#)
            #expect(missing.status == 404)
            let elsewhere = try await server.post("/api/v1/admin/verify", #"{"backup":"../../etc/passwd"}"#)
            #expect(elsewhere.status == 404)
            let made = try await server.send("POST", "/api/v1/admin/backup")
            let name = try #require(made.json["name"] as? String)
            let folder = try #require(server.environment["BACKUP_DIR"])
            try Data("not a backup".utf8).write(to: URL(filePath: folder + "/" + name))
            let refused = try await server.post("/api/v1/admin/verify", #"{"backup":"\#(name)"}"#)
            #expect(refused.status == 400)
            #expect(refused.json["detail"] as? String == "\(name) is not a backup of this program")
            #expect((refused.json["error"] as? [String: Any])?["code"] as? String == "BAD_REQUEST")
            let wrong = try await server.post("/api/v1/admin/verify", #"{"backup":7}"#)
            #expect(wrong.status == 422)
        }
    }

    @Test("The store is verified and compacted, and says what that gave back") func store() async throws {
        try await serving { server in
            try await put("the printer is on fire", server)
            let verified = try await server.send("POST", "/api/v1/admin/verify")
            #expect(verified.status == 200 && verified.json["ok"] as? Bool == true)
            #expect(verified.json["items"] as? Int == 1 && verified.json["problems"] as? [String] == [])
            let compacted = try await server.send("POST", "/api/v1/admin/compact")
            #expect(compacted.status == 200)
            #expect(compacted.json["bytes_freed"] is Int)
            #expect(compacted.json["bytes_after"] as? Int ?? 0 > 0)
        }
    }

    @Test("A folder that cannot be used is 503, a note in health and a count, until a backup succeeds")
    func failure() async throws {
        try await serving { server in
            let folder = try #require(server.environment["BACKUP_DIR"])
            try Data().write(to: URL(filePath: folder))
            let refused = try await server.send("POST", "/api/v1/admin/backup")
            #expect(refused.status == 503)
            #expect(try await server.metric(#"thermocline_backups_total{outcome="failure"}"#) == 1)
            let health = try await server.get("/api/v1/health")
            #expect(health.status == 200)
            #expect((health.json["notes"] as? [String])?.first?.hasPrefix("The last backup failed") == true)
            try FileManager.default.removeItem(atPath: folder)
            #expect(try await server.send("POST", "/api/v1/admin/backup").status == 200)
            #expect(try await server.get("/api/v1/health").json["notes"] == nil)
        }
    }

    @Test("The server makes a backup by itself when the newest is older than the interval") func schedule() async throws
    {
        try await serving(["BACKUP_INTERVAL_MINUTES": "60"]) { server in
            let deadline = ContinuousClock.now + .seconds(20)
            while try await server.metric(#"thermocline_backups_total{outcome="success"}"#) == 0 {
                try #require(.now < deadline)
                try await Task.sleep(for: .milliseconds(50))
            }
            // The next is due in an hour.
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(try await server.metric(#"thermocline_backups_total{outcome="success"}"#) == 1)
            #expect(try await server.metric("thermocline_backup_interval_seconds") == 3_600)
        }
    }
}
