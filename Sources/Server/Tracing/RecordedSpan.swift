import Synchronization
import Tracing

/// A span that is recorded until it ends, and then handed to its tracer. Any thread.
final class RecordedSpan: Span {
    /// What an exporter needs to know of a span that has ended.
    struct Record: Sendable {
        let trace: TraceContext
        let parentSpanID: String?
        var name: String
        let kind: SpanKind
        let startNanoseconds: UInt64
        var endNanoseconds: UInt64 = 0
        var attributes = SpanAttributes()
        var status: SpanStatus?
    }

    let context: ServiceContext
    private let record: Mutex<Record?>
    private let onEnd: @Sendable (Record) -> Void

    init(_ record: Record, context: ServiceContext, onEnd: @escaping @Sendable (Record) -> Void) {
        self.context = context
        self.record = Mutex(record)
        self.onEnd = onEnd
    }

    var isRecording: Bool { record.withLock { $0 != nil } }

    var operationName: String {
        get { record.withLock { $0?.name ?? "" } }
        set { record.withLock { $0?.name = newValue } }
    }

    var attributes: SpanAttributes {
        get { record.withLock { $0?.attributes ?? [:] } }
        set { record.withLock { $0?.attributes = newValue } }
    }

    func setStatus(_ status: SpanStatus) { record.withLock { $0?.status = status } }

    func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        setStatus(SpanStatus(code: .error, message: "\(type(of: error))"))
    }

    /// Spans of this server have neither events nor links.
    func addEvent(_ event: SpanEvent) {}
    func addLink(_ link: SpanLink) {}

    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = record.withLock { record -> Record? in
            defer { record = nil }
            record?.endNanoseconds = instant().nanosecondsSinceEpoch
            return record
        }
        if let ended { onEnd(ended) }
    }
}
