import Server
import Testing

@Suite("The header traceparent")
struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test("A valid one is read and written as it was")
    func valid() throws {
        for flags in ["00", "01"] {
            let header = "00-\(Self.trace)-\(Self.span)-\(flags)"
            let context = try #require(TraceContext(header))
            #expect(context.header == header)
            #expect(context.isSampled == (flags == "01"))
        }
        // Of a version to come, what is known is read.
        #expect(TraceContext("01-\(Self.trace)-\(Self.span)-01-more")?.traceID == Self.trace)
    }

    @Test(
        "What is none begins no trace of another's",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-\(trace.uppercased())-\(span)-01", "00-\(String(repeating: "0", count: 32))-\(span)-01",
            "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace)x-\(span)-01", "00-\(trace)-\(span)-0g",
        ])
    func invalid(header: String) {
        #expect(TraceContext(header) == nil)
    }
}
