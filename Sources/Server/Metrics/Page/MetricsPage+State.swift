import ColdTier
import Knowledge
import Pipeline

extension MetricsPage {
    func writeHTTP(to page: inout Exposition) {
        page.counter(
            "thermocline_http_responses", "Replies, by the class of their status.",
            HTTPMetrics.statusClasses.map {
                ([("status", $0)], parts.http.replies(ofClass: $0) + parts.front.figures.replies(ofClass: $0))
            })
        page.histogram(
            "thermocline_http_request_duration_seconds",
            "From a request's head to its reply's: streamed bodies are not in it.",
            [([], parts.http.duration.snapshot())])
        page.gauge("thermocline_requests_in_flight", "Requests being answered.", Double(parts.inFlight.count))
    }

    /// How the parts do, as of the last check.
    func writeState(_ health: [PartHealth], to page: inout Exposition) {
        page.gauge(
            "thermocline_degraded", "Whether a part was not at its best at the last check, by the part.",
            health.map { ([("part", $0.part.rawValue)], $0.status.isAtItsBest ? 0 : 1) })
        page.counter(
            "thermocline_degraded_seconds", "Time that a part was not at its best, by the part.",
            seconds: PartHealth.Part.allCases.map {
                ([("part", $0.rawValue)], parts.healthWatch.degradedSeconds($0))
            })
        let settings = parts.settingsChange.status
        page.counter(
            "thermocline_settings_readings", "Readings of the changed configuration file, by result.",
            [([("result", "taken")], settings.changes), ([("result", "refused")], settings.refusals)])
        page.gauge(
            "thermocline_settings_refused", "Whether the configuration file as it is now is not in force.",
            settings.problem == nil ? 0 : 1)
        page.counter(
            "thermocline_log_dropped_lines", "Lines of the log that were lost because nobody read them in time.",
            parts.log?.droppedLines ?? 0)
        if let spans = parts.spans {
            page.counter(
                "thermocline_spans", "Spans that ended, by what became of them.",
                [([("outcome", "exported")], spans.exported.value), ([("outcome", "dropped")], spans.dropped.value)])
        }
        page.gauge(
            "thermocline_history_bytes", "Memory of the minutes remembered for the dashboard.",
            Double(parts.history.byteCount))
        page.info(
            "thermocline_build", "What is running, and the instruction set that vectors are scanned with.",
            [("version", Wording.version), ("kernel", ColdTier.kernelName)])
    }

    func writeProcess(_ disk: DiskSpace.Reading?, to page: inout Exposition) {
        if let disk {
            page.gauge(
                "thermocline_data_free_bytes", "Bytes that may still be written where DATA_DIR is.",
                Double(disk.freeBytes))
            page.gauge("thermocline_data_size_bytes", "Size of the file system of DATA_DIR.", Double(disk.sizeBytes))
        }
        let figures = ProcessFigures.now()
        page.gauge(
            "process_start_time_seconds", "When the process started, in seconds since 1970.", figures.startSeconds)
        page.counter("process_cpu_seconds", "Processor time used.", seconds: [([], figures.cpuSeconds)])
        page.gauge("process_resident_memory_bytes", "Memory in use.", Double(figures.residentBytes))
        page.gauge("process_virtual_memory_bytes", "Address space in use.", Double(figures.virtualBytes))
        page.gauge("process_open_fds", "Open file descriptors.", Double(figures.openFileDescriptors))
        page.gauge("process_max_fds", "The most file descriptors that may be open.", figures.maximumFileDescriptors)
        page.gauge("process_threads", "Threads.", Double(figures.threads))
    }
}
