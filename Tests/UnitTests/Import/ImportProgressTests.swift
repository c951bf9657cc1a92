import Import
import Synchronization
import Testing

@Suite("Progress as shown") struct ImportProgressTests {
    private var halfWay: ImportProgress {
        var progress = ImportProgress(name: "knowledge.ndjson", totalBytes: 2_000)
        progress.records = 5_000
        progress.bytes = 1_000
        progress.elapsed = .seconds(80)
        return progress
    }

    @Test("A plain line has share, count, speed and time left") func plain() {
        #expect(halfWay.plainLine == "knowledge.ndjson: 50 %  5,000 items  63/s  ETA 1:20")
    }

    @Test("Speed and time left count what this run did, not what it continues") func resumed() {
        var progress = halfWay
        progress.resumedRecords = 4_200
        progress.resumedBytes = 500
        progress.rejected = 1_234
        #expect(progress.plainLine == "knowledge.ndjson: 50 %  5,000 items  1,234 rejected  10/s  ETA 2:40")
    }

    @Test("A pipe has no end to be seen") func pipe() {
        var progress = halfWay
        progress.totalBytes = nil
        #expect(progress.plainLine == "knowledge.ndjson: 5,000 items  63/s")
    }

    @Test("The bar's line never exceeds the terminal, at any width and fraction") func width() {
        for columns in 1...120 {
            for bytes in [0, 1, 999, 1_000, 2_000, 3_000] {
                var progress = halfWay
                progress.bytes = bytes
                #expect(progress.barLine(columns: columns).count <= columns)
            }
        }
    }

    @Test("The bar is filled by the share that is done") func bar() {
        let line = halfWay.barLine(columns: 120)
        #expect(line.contains("[####################--------------------]"))
        var done = halfWay
        done.bytes = 2_000
        #expect(done.barLine(columns: 120).contains("[########################################] 100 %"))
    }

    @Test("Numbers are grouped and times shown as on a clock") func figures() {
        #expect([0, 999, 1_000, 12_345_678, -1_234].map(\.grouped) == ["0", "999", "1,000", "12,345,678", "-1,234"])
        let times: [Duration] = [
            .zero, .milliseconds(1), .seconds(59), .seconds(60), .seconds(3_600), .seconds(37_230),
        ]
        #expect(times.map(\.clockForm) == ["0:00", "0:01", "0:59", "1:00", "1:00:00", "10:20:30"])
    }

    @Test("Off a terminal there is a line each two seconds, and the last one always") func plainInterval() {
        let output = Mutex<[String]>([])
        var display = ProgressDisplay(columns: nil) { text in output.withLock { $0.append(text) } }
        for milliseconds in stride(from: 0, through: 5_000, by: 100) {
            var progress = halfWay
            progress.elapsed = .milliseconds(milliseconds)
            display.show(progress, isLast: milliseconds == 5_000)
        }
        let lines = output.withLock { $0 }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\r") })
    }

    @Test("On a terminal a note takes the bar's line, and the bar comes again below it") func notes() {
        let output = Mutex("")
        var display = ProgressDisplay(columns: 80) { text in output.withLock { $0 += text } }
        display.show(halfWay)
        display.note("a.ndjson:7: not JSON")
        var later = halfWay
        later.elapsed = .seconds(81)
        display.show(later, isLast: true)
        let text = output.withLock { $0 }
        #expect(text.contains("\r\u{1B}[Ka.ndjson:7: not JSON\n\r\u{1B}[K"))
        #expect(text.hasSuffix("\n"))
    }
}
