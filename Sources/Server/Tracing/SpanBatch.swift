import Knowledge
import Tracing

/// Spans as an `ExportTraceServiceRequest` in OTLP's JSON: ids in hexadecimal, 64-bit numbers as texts.
struct SpanBatch {
    let spans: [RecordedSpan.Record]

    var json: [UInt8] {
        var json = JSONWriter(reserving: 256 + spans.count * 400)
        json.object { json in
            json.array("resourceSpans") { json in
                json.object { json in
                    json.object("resource") { json in
                        json.array("attributes") { Self.write("service.name", Wording.service, to: &$0) }
                    }
                    json.array("scopeSpans") { json in
                        json.object { json in
                            json.object("scope") { json in
                                json.member("name", Wording.service)
                                json.member("version", Wording.version)
                            }
                            json.array("spans") { json in
                                for span in spans { Self.write(span, to: &json) }
                            }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ span: RecordedSpan.Record, to json: inout JSONWriter) {
        json.object { json in
            json.member("traceId", span.trace.traceID)
            json.member("spanId", span.trace.spanID)
            if let parent = span.parentSpanID { json.member("parentSpanId", parent) }
            json.member("name", span.name)
            // SPAN_KIND_SERVER, SPAN_KIND_INTERNAL.
            json.member("kind", span.kind == .server ? 2 : 1)
            json.member("startTimeUnixNano", String(span.startNanoseconds))
            json.member("endTimeUnixNano", String(span.endNanoseconds))
            json.array("attributes") { json in
                span.attributes.forEach { name, value in write(name, "\(value.text)", to: &json) }
            }
            if let status = span.status {
                json.object("status") { json in
                    // STATUS_CODE_OK, STATUS_CODE_ERROR.
                    json.member("code", status.code == .ok ? 1 : 2)
                    if let message = status.message { json.member("message", message) }
                }
            }
        }
    }

    private static func write(_ name: String, _ value: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("key", name)
            json.object("value") { $0.member("stringValue", value) }
        }
    }
}

extension SpanAttribute {
    /// As a collector shows it.
    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): String(flag)
        default: "\(self)"
        }
    }
}
