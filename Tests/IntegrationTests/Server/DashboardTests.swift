import Foundation
import Server
import TestSupport
import Testing

/// The dashboard in a real browser, with real tiers behind it.
@Suite("The dashboard")
struct DashboardTests {
    private static let text = "npm install hangs behind a proxy"
    /// The tiers that answered the text so far, as the page shows them.
    private static let tiers =
        "[...document.querySelectorAll('#ask-summary > .pill')].map(p => p.textContent).join(' ')"

    private static func serving(
        _ environment: [String: String] = [:], _ body: (ServerUnderTest, Browser) async throws -> Void
    ) async throws {
        let redis = try await RedisProcess()
        try await ServerUnderTest.serving(redis: redis, environment: environment) { server async throws in
            _ = try await server.post(
                "/api/v1/knowledge",
                #"{"issue":"npm install hangs behind a corporate proxy","resolution":"Tell npm the proxy."}"#)
            try await Browser.driving { browser in try await body(server, browser) }
        }
    }

    private static func ask(_ browser: Browser, answers: Int) async throws {
        try await browser.press(.enter)
        // One more is where the answer is kept now.
        try await browser.wait(until: "document.querySelectorAll('#ask-summary > .pill').length === \(answers + 1)")
    }

    @Test("A question asked again is seen to rise from cold through warm to hot, and nothing is complained of")
    func tiersMove() async throws {
        try await Self.serving { server, browser in
            try await browser.open(server.place.url + "/")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
            try await browser.click("#ask-text")
            try await browser.type(Self.text)
            for answers in 1...5 { try await Self.ask(browser, answers: answers) }
            let shown = try await browser.read(Self.tiers).split(separator: " ").dropLast()
            #expect(shown.first == "cold" && shown.last == "hot")
            #expect(shown.contains("warm"))
            #expect(shown.map { ["cold", "warm", "hot"].firstIndex(of: $0) ?? 9 }.isAscending)
            // The way is drawn, with a stop a step, and the answer is beside it.
            try await browser.wait(
                until:
                    "document.querySelectorAll('#way circle').length === document.querySelectorAll('#way .time').length"
            )
            #expect(try await browser.read("document.querySelector('#answer p').textContent") == "Tell npm the proxy.")
            // The figures follow by themselves.
            try await browser.wait(until: "document.getElementById('total').textContent.startsWith('5 ')")
            try await browser.wait(until: "document.querySelector('#share-chart path.hot').getAttribute('d') !== ''")
            // What is drawn is this server's alone.
            let others =
                "performance.getEntriesByType('resource').filter(r => !r.name.startsWith(location.origin)).length"
            #expect(try await browser.read(others) == "0")
            #expect(try await browser.complaints() == [])
        }
    }

    @Test("At 400 pixels nothing has to be scrolled sideways, in light and in dark")
    func narrow() async throws {
        try await Self.serving { server, browser in
            for isDark in [false, true] {
                try await browser.resize(width: 400, height: 800, isDark: isDark)
                try await browser.open(server.place.url + "/")
                try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
                try await browser.click("#ask-text")
                try await browser.type(Self.text)
                try await Self.ask(browser, answers: 1)
                #expect(try await browser.read("document.documentElement.scrollWidth") == "400")
                let background = try await browser.read("getComputedStyle(document.body).backgroundColor")
                #expect(background == (isDark ? "rgb(12, 20, 26)" : "rgb(243, 246, 247)"))
            }
        }
    }

    @Test("Figures that come in move nothing, and keys alone reach the box, the range and the charts")
    func calmAndKeyboard() async throws {
        try await Self.serving { server, browser in
            try await browser.open(server.place.url + "/")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
            let places =
                "[...document.querySelectorAll('section')].map(s => Math.round(s.getBoundingClientRect().top + scrollY)).join()"
            let before = try await browser.read(places)
            for _ in 0..<3 { _ = try await server.ask(Self.text) }
            try await browser.wait(until: "document.getElementById('total').textContent.startsWith('3 ')")
            #expect(try await browser.read(places) == before)
            // The first stop leads to the box.
            try await browser.press(.tab)
            #expect(try await browser.read("document.activeElement.className") == "skip")
            try await browser.press(.enter)
            var reached: Set<String> = []
            for _ in 0..<30 {
                let focused =
                    "document.activeElement.id || document.activeElement.name || document.activeElement.parentElement?.id"
                reached.insert(try await browser.read(focused))
                let outline =
                    "getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.name === 'range'"
                if try await browser.read("document.activeElement === document.body") == "false" {
                    #expect(try await browser.read(outline) == "true")
                }
                try await browser.press(.tab)
            }
            #expect(reached.isSuperset(of: ["ask-text", "range", "share-chart", "rate-chart", "latency-chart"]))
        }
    }

    @Test("Where keys are required the page asks for one, says if it is wrong, and keeps it in the tab")
    func keys() async throws {
        try await Self.serving(["API_KEY_REQUIRED": "true"]) { server, browser in
            try await browser.open(server.place.url + "/")
            try await browser.wait(until: "document.getElementById('key-dialog').open")
            #expect(try await browser.read("document.activeElement.id") == "key-text")
            try await browser.type("tc_wrong_key")
            try await browser.press(.enter)
            try await browser.wait(until: "document.getElementById('key-problem').textContent !== ''")
            #expect(try await browser.read("document.getElementById('total').textContent") == "–")
            try await browser.type(try #require(server.operatorKey))
            try await browser.press(.enter)
            try await browser.wait(until: "!document.getElementById('key-dialog').open")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
            #expect(try await browser.read("document.getElementById('banner').hidden") == "true")
            try await browser.open(server.place.url + "/")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
            #expect(try await browser.read("document.getElementById('key-dialog').open") == "false")
            #expect(try await browser.read("localStorage.length + document.cookie.length") == "0")
        }
    }

    @Test("A server that has gone is said to be gone, and found again when it is back")
    func away() async throws {
        try await Self.serving { server, browser in
            try await browser.open(server.place.url + "/")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
            try await browser.goOffline(true)
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'away'")
            #expect(try await browser.read("document.getElementById('banner').textContent").contains("trying again"))
            try await browser.goOffline(false)
            try await browser.wait(until: "document.getElementById('banner').hidden")
            try await browser.wait(until: "document.getElementById('overall').dataset.status === 'healthy'")
        }
    }
}

extension Array<Int> {
    fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
