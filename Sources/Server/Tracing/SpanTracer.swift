import Tracing

/// Makes spans of sampled traces, and hands those that have ended to the exporter.
///
/// Whether a trace is recorded its caller decides by `traceparent`; of traces that begin here a share is. A trace that is
/// not costs two random numbers and no span.
struct SpanTracer: Tracer {
    /// 0…1.
    let share: Double
    let export: @Sendable (RecordedSpan.Record) -> Void

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context.trace
        let trace = parent?.child ?? TraceContext(isSampled: Double.random(in: 0..<1) < share)
        context.trace = trace
        let record = RecordedSpan.Record(
            trace: trace, parentSpanID: parent?.spanID, name: operationName, kind: kind,
            startNanoseconds: instant().nanosecondsSinceEpoch)
        return RecordedSpan(record, context: context) { [export] in if $0.trace.isSampled { export($0) } }
    }

    /// The exporter sends by itself.
    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context.trace = extractor.extract(key: TraceContext.headerName, from: carrier).flatMap { TraceContext($0) }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.header, forKey: TraceContext.headerName, into: &carrier)
    }
}
