import Knowledge
import Server
import Testing

@Suite("Metrics as text")
struct ExpositionTests {
    @Test("A counter's family is called with its suffix in the text format and without it in OpenMetrics")
    func counterNames() {
        var text = Exposition(.prometheus)
        text.counter("a_hits", "Hits.", 3)
        #expect(text.finished() == "# HELP a_hits_total Hits.\n# TYPE a_hits_total counter\na_hits_total 3\n")
        var open = Exposition(.openMetrics)
        open.counter("a_hits", "Hits.", 3)
        #expect(open.finished() == "# HELP a_hits Hits.\n# TYPE a_hits counter\na_hits_total 3\n# EOF\n")
    }

    @Test("Label values are escaped")
    func labels() {
        var text = Exposition(.prometheus)
        text.gauge("g", "Help.", [([("path", "a\\b\"c\nd")], 1)])
        #expect(text.finished().hasSuffix(#"g{path="a\\b\"c\nd"} 1.0"# + "\n"))
    }

    @Test("Help is escaped, quotes only where OpenMetrics asks for it")
    func help() {
        var text = Exposition(.prometheus)
        text.gauge("g", "a \"b\" \\ \n", 1)
        #expect(text.finished().hasPrefix(#"# HELP g a "b" \\ \n"# + "\n"))
        var open = Exposition(.openMetrics)
        open.gauge("g", "a \"b\" \\ \n", 1)
        #expect(open.finished().hasPrefix(#"# HELP g a \"b\" \\ \n"# + "\n"))
    }

    @Test("Numbers that are none are written as the format asks")
    func specialNumbers() {
        var text = Exposition(.prometheus)
        text.gauge("g", "G.", [([], .nan), ([], .infinity), ([], -.infinity)])
        #expect(text.finished().hasSuffix("g NaN\ng +Inf\ng -Inf\n"))
    }

    @Test("A histogram's buckets add up from the smallest to all, and end with the count")
    func histogram() {
        let histogram = LatencyHistogram()
        for duration in [Duration.microseconds(8), .microseconds(90), .milliseconds(3), .seconds(60)] {
            histogram.record(duration)
        }
        var text = Exposition(.prometheus)
        text.histogram("d_seconds", "D.", [([("tier", "hot")], histogram.snapshot())])
        let lines = text.finished().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.contains(#"d_seconds_bucket{tier="hot",le="1e-05"} 1"#))
        #expect(lines.contains(#"d_seconds_bucket{tier="hot",le="0.0001"} 2"#))
        #expect(lines.contains(#"d_seconds_bucket{tier="hot",le="0.005"} 3"#))
        #expect(lines.contains(#"d_seconds_bucket{tier="hot",le="10.0"} 3"#))
        #expect(lines.contains(#"d_seconds_bucket{tier="hot",le="+Inf"} 4"#))
        #expect(lines.contains(#"d_seconds_count{tier="hot"} 4"#))
        let counts = lines.filter { $0.contains("_bucket") }.compactMap {
            $0.split(separator: " ").last.flatMap { Int($0) }
        }
        #expect(counts == counts.sorted() && counts.count == Exposition.buckets.count + 1)
    }

    @Test("Every bucket's bound is one that histograms count by, so that none is guessed")
    func bounds() {
        for bucket in Exposition.buckets {
            #expect(LatencyHistogram.boundsNanoseconds.contains(bucket.nanoseconds))
            #expect(Double(bucket.label) == Double(bucket.nanoseconds) / 1e9)
        }
    }
}
