import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// A headless Chromium of one test, driven over WebDriver (w3.org/TR/webdriver2) by Debian's chromedriver.
///
/// Throws when they are not installed, so that a test which needs a browser fails rather than passes unseen.
public final class Browser: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        case notStarted(String)
        case refused(String)
        case waitedInVain(String, seen: String)

        public var description: String {
            switch self {
            case .notStarted(let reason): "no browser (Debian packages chromium, chromium-driver): \(reason)"
            case .refused(let reason): "the browser did not do what it was asked: \(reason)"
            case .waitedInVain(let script, let seen): "waited in vain for \(script); the page says: \(seen)"
            }
        }
    }

    /// Keys as WebDriver has them.
    public enum Key: String, Sendable {
        case enter = "\u{E007}"
        case tab = "\u{E004}"
        case escape = "\u{E00C}"
        case left = "\u{E012}"
    }

    private static let driverProgram = "/usr/bin/chromedriver"
    private static let startTimeout = Duration.seconds(20)
    private static let requestTimeout = TimeAmount.seconds(60)
    private static let elementMember = "element-6066-11e4-a52e-4f735466cecf"
    /// It asks nobody but this machine, and needs neither a display nor privileges that containers lack.
    private static let arguments = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--window-size=1280,900", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]

    private let driver: Mutex<Process?>
    private let folder: TemporaryDirectory
    private let url: String
    private let session: String
    private let client: HTTPClient

    /// Runs `body` with a started browser and ends the browser, whatever happens.
    public static func driving<Result>(_ body: (Browser) async throws -> Result) async throws -> Result {
        let browser = try await Browser()
        do {
            let result = try await body(browser)
            await browser.close()
            return result
        } catch {
            await browser.close()
            throw error
        }
    }

    private init() async throws {
        folder = try TemporaryDirectory()
        client = HTTPClient(eventLoopGroupProvider: .singleton)
        let log = folder.path + "/driver.log"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.driverProgram)
        process.arguments = ["--port=0"]
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "TMPDIR": folder.path]
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
            url = "http://127.0.0.1:\(try await Self.port(from: log))"
            session = try await Self.begin(at: url, client, folder: folder.path)
        } catch {
            Self.end(process)
            try? await client.shutdown()
            throw Failure.notStarted("\(error)")
        }
        driver = Mutex(process)
    }

    /// It was seen not to hear SIGTERM; its browser ends with the session, or with the driver.
    private static func end(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// chromedriver takes a free port and prints which.
    private static func port(from log: String) async throws -> Int {
        let giveUpAt = ContinuousClock.now + startTimeout
        while ContinuousClock.now < giveUpAt {
            let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
            if let match = text.firstMatch(of: /started successfully on port (\d+)/), let port = Int(match.1) {
                return port
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure.notStarted("chromedriver names no port")
    }

    private static func begin(at url: String, _ client: HTTPClient, folder: String) async throws -> String {
        let options: [String: any Sendable] = ["args": arguments + ["--user-data-dir=\(folder)/profile"]]
        let capabilities: [String: any Sendable] = [
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let reply = try await send(
            "POST", url + "/session", ["capabilities": ["alwaysMatch": capabilities]], client)
        guard let session = (reply as? [String: Any])?["sessionId"] as? String else {
            throw Failure.notStarted("chromedriver began no session")
        }
        return session
    }

    private func close() async {
        _ = try? await Self.send("DELETE", url + "/session/" + session, nil, client)
        try? await client.shutdown()
        driver.withLock { process in
            if let process { Self.end(process) }
            process = nil
        }
    }

    private static func send(
        _ method: String, _ url: String, _ body: [String: any Sendable]?, _ client: HTTPClient
    ) async throws -> Any? {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await client.execute(request, timeout: requestTimeout)
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let json = try? JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any]
        guard response.status.code == 200 else {
            throw Failure.refused("\((json?["value"] as? [String: Any])?["message"] ?? response.status)")
        }
        return json?["value"]
    }

    @discardableResult
    private func command(_ path: String, _ body: [String: any Sendable] = [:]) async throws -> Any? {
        try await Self.send("POST", url + "/session/" + session + path, body, client)
    }

    public func open(_ address: String) async throws {
        try await command("/url", ["url": address])
    }

    /// What a script's `return` says, as text.
    public func read(_ expression: String) async throws -> String {
        try await command("/execute/sync", ["script": "return String(\(expression))", "args": [String]()]) as? String
            ?? ""
    }

    /// Waits until an expression of the page's is true, at most twenty seconds.
    public func wait(until expression: String) async throws {
        for _ in 0..<400 {
            if try await read(expression) == "true" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure.waitedInVain(expression, seen: try await read("document.body.innerText"))
    }

    /// Types into the element that has the focus, as a person does.
    public func type(_ text: String) async throws {
        let strokes = text.flatMap {
            [["type": "keyDown", "value": String($0)], ["type": "keyUp", "value": String($0)]]
        }
        let keyboard: [String: any Sendable] = ["type": "key", "id": "keyboard", "actions": strokes]
        try await command("/actions", ["actions": [keyboard]])
    }

    public func press(_ key: Key) async throws { try await type(key.rawValue) }

    public func click(_ selector: String) async throws {
        let found = try await command("/element", ["using": "css selector", "value": selector])
        guard let id = (found as? [String: Any])?[Self.elementMember] as? String else {
            throw Failure.refused("there is no \(selector)")
        }
        try await command("/element/\(id)/click")
    }

    /// As on a screen of this size; a window cannot be so narrow.
    public func resize(width: Int, height: Int, isDark: Bool = false) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
        try await devTools(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    }

    /// Cuts the page off from the server, and lets it back.
    public func goOffline(_ isOffline: Bool) async throws {
        try await devTools("Network.enable", [:])
        try await devTools(
            "Network.emulateNetworkConditions",
            ["offline": isOffline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1])
    }

    private func devTools(_ method: String, _ parameters: [String: any Sendable]) async throws {
        try await command("/goog/cdp/execute", ["cmd": method, "params": parameters])
    }

    /// What the page and the browser complained of since this was asked last.
    public func complaints() async throws -> [String] {
        let entries = try await command("/se/log", ["type": "browser"]) as? [[String: Any]] ?? []
        return entries.filter { $0["level"] as? String == "SEVERE" }.compactMap { $0["message"] as? String }
    }

    /// A PNG of what is on the screen.
    public func screenshot() async throws -> Data {
        let reply = try await Self.send("GET", url + "/session/" + session + "/screenshot", nil, client)
        return (reply as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
    }
}
