import ColdTier
import HotTier
import Knowledge
import Pipeline
import Routing
import WarmTier

/// Writes every metric of the server.
struct MetricsPage {
    let parts: ServerParts

    func text(_ format: Exposition.Format) async -> String {
        let stack = parts.stack
        let readings = await stack.readings(warmCapacity: parts.settings.warmCacheSize)
        let health = await parts.healthOfParts()
        var page = Exposition(format)
        writeQuestions(to: &page)
        SemanticReport(semantic: stack.semantic, metrics: stack.metrics).write(to: &page)
        for reading in readings { writeTier(reading, to: &page) }
        writeHot(to: &page)
        writeCold(to: &page)
        writeWarm(to: &page)
        BackupReport(parts: parts).write(to: &page)
        writeState(health, to: &page)
        writeProcess(to: &page)
        return page.finished()
    }

    private func writeQuestions(to page: inout Exposition) {
        let metrics = parts.stack.metrics
        let latencies = ServedBy.allCases.map { ($0, metrics.latency($0)) }
        page.counter(
            "thermocline_questions", "Questions answered, by what answered them.",
            latencies.map { ([("served_by", $0.0.rawValue)], $0.1.count) })
        page.histogram(
            "thermocline_question_duration_seconds", "Duration of look-ups, by what answered.",
            latencies.map { ([("served_by", $0.0.rawValue)], $0.1) })
        page.counter(
            "thermocline_questions_coalesced", "Questions that shared another's computation.",
            metrics.coalesced.value)
        page.counter("thermocline_promotions", "Answers raised from warm to hot.", metrics.promotions.value)
        page.counter("thermocline_demotions", "Answers lowered from hot to warm.", metrics.demotions.value)
        page.counter(
            "thermocline_refreshes", "Answers in hot computed anew before they expired.", metrics.refreshes.value)
        page.counter(
            "thermocline_router_decisions", "Decisions of the router, by the rule that made them.",
            RoutingDecision.Rule.allCases.map { ([("rule", $0.rawValue)], metrics.decisions(by: $0)) })
        page.counter(
            "thermocline_degraded_replies", "Answers given without a part, by the part.",
            PartHealth.Part.degradable.map { ([("part", $0.rawValue)], metrics.degradedReplies(without: $0.rawValue)) })
        page.histogram(
            "thermocline_encoder_duration_seconds", "Duration of encoding one question.",
            [([], metrics.encoding.snapshot())])
        page.histogram(
            "thermocline_cold_search_duration_seconds", "Duration of searches of the cold tier.",
            [([], metrics.search.snapshot())])
        page.gauge(
            "thermocline_ledger_records", "Questions that the router remembers.", Double(parts.stack.ledger.count))
    }

    private func writeTier(_ reading: TierReading, to page: inout Exposition) {
        let name = "thermocline_" + reading.shortName
        // By questions, not by look-ups: hits of all tiers and misses of cold add up to the questions answered.
        page.counter(name + "_hits", "Questions that the tier answered.", reading.answered)
        page.counter(name + "_misses", "Look-ups of the tier that found none.", reading.counts.misses)
        if let size = reading.size { page.gauge(name + "_items", "What the tier holds.", Double(size)) }
        if let bytes = reading.bytes { page.gauge(name + "_bytes", "Bytes that it takes.", Double(bytes)) }
        if let capacity = reading.capacity {
            page.gauge(name + "_capacity_items", "The most that the tier holds.", Double(capacity))
        }
        if let maximum = reading.maximumBytes {
            page.gauge(name + "_capacity_bytes", "The most bytes that it takes.", Double(maximum))
        }
        guard reading.tier != .cold else { return }
        page.counter(name + "_admissions", "Answers taken in.", reading.admissions)
        page.counter(name + "_evictions", "Answers dropped for capacity.", reading.evictions)
        page.counter(name + "_expirations", "Answers found too old.", reading.expirations)
        page.counter(name + "_invalidations", "Answers found older than the knowledge.", reading.invalidations)
    }

    private func writeHot(to page: inout Exposition) {
        let snapshots = parts.snapshots.status
        page.gauge("thermocline_hot_pins", "Questions pinned to the hot tier.", Double(parts.stack.hot.pinCount))
        page.counter(
            "thermocline_hot_snapshots", "Attempts to write the hot tier for the next start, by result.",
            [([("result", "saved")], UInt64(snapshots.saves)), ([("result", "failed")], UInt64(snapshots.failures))])
        page.gauge("thermocline_hot_snapshot_bytes", "Size of the last snapshot.", Double(snapshots.byteCount))
        if let savedAt = snapshots.savedAt {
            page.gauge(
                "thermocline_hot_snapshot_age_seconds", "Since the last snapshot was written.",
                Double(parts.stack.time.now().milliseconds(since: savedAt)) / 1_000)
        }
        page.gauge(
            "thermocline_hot_snapshot_restored_answers", "Answers that were hot again at the start.",
            Double(snapshots.restoredAnswers))
        page.gauge(
            "thermocline_hot_snapshot_refused", "Whether the snapshot found at the start could not be used.",
            snapshots.refusal == nil ? 0 : 1)
    }

    private func writeCold(to page: inout Exposition) {
        let statistics = parts.stack.cold.statistics()
        page.gauge(
            "thermocline_cold_items_without_vector", "Items that are found by their words alone.",
            Double(statistics.itemsWithoutVector))
        if let progress = parts.reembedding.progress {
            page.gauge(
                "thermocline_reembedding_items", "Items of the change to another encoder, by state.",
                [
                    ([("state", "done")], Double(progress.done)),
                    ([("state", "waiting")], Double(progress.total - progress.done)),
                ])
        }
        page.gauge(
            "thermocline_cold_dead_vectors", "Vectors replaced or deleted whose space compaction will give back.",
            Double(statistics.deadVectors))
        page.gauge(
            "thermocline_cold_free_bytes", "Bytes of the database that hold nothing, as of the last maintenance.",
            Double(statistics.freeBytes))
        page.gauge("thermocline_cold_index_bytes", "Memory of the vector index.", Double(statistics.indexBytes))
        page.gauge(
            "thermocline_cold_index_sign_bytes", "Memory of one-bit codes, within that of the index.",
            Double(statistics.signBytes))
        let originals = statistics.originals
        page.gauge(
            "thermocline_cold_index_pinned_bytes",
            "Memory of vectors that no segment has yet, within that of the index.",
            Double(originals.pinnedBytes))
        page.gauge(
            "thermocline_cold_index_cached_bytes", "Memory of vectors paged from segments, within that of the index.",
            Double(originals.cachedBytes))
        page.gauge(
            "thermocline_cold_index_limit_bytes", "Limit of the two together; 0: none.",
            Double(parts.stack.cold.indexMemoryLimitBytes ?? 0))
        page.counter("thermocline_cold_chunk_hits", "Reads of a vector found in memory.", UInt64(originals.hits))
        page.counter(
            "thermocline_cold_chunk_misses", "Reads of a vector whose chunk had to be read from its segment.",
            UInt64(originals.misses))
        page.counter(
            "thermocline_cold_chunk_evictions", "Chunks evicted to stay within the limit.",
            UInt64(originals.evictions))
        page.gauge(
            "thermocline_cold_damaged_vectors", "Vectors whose checksum was wrong since the start.",
            Double(statistics.damagedVectors))
        page.counter("thermocline_cold_searches", "Searches of the knowledge.", UInt64(statistics.searches))
        page.counter(
            "thermocline_cold_writes", "Items written, deleted, voted on, or given a vector or a quality.",
            UInt64(statistics.writes))
        page.counter("thermocline_cold_transactions", "Transactions committed.", UInt64(statistics.transactions))
        page.counter(
            "thermocline_cold_transaction_seconds", "Time spent in transactions.",
            seconds: Double(statistics.transactionMicroseconds) / 1e6)
        page.gauge(
            "thermocline_knowledge_version", "Changes that the knowledge has seen.",
            Double(parts.stack.cold.changeNumber.rawValue))
        writeFeedback(statistics, to: &page)
    }

    private func writeFeedback(_ statistics: ColdStatistics, to page: inout Exposition) {
        page.counter(
            "thermocline_feedback_votes", "Votes counted, by what they say of the item.",
            [
                ([("outcome", "helpful")], statistics.helpfulVotes),
                ([("outcome", "unhelpful")], statistics.unhelpfulVotes),
            ])
        page.counter(
            "thermocline_feedback_settled_items", "Items whose quality feedback has moved.", statistics.settledItems)
    }

    private func writeWarm(to page: inout Exposition) {
        let statistics = parts.stack.warm.statistics
        page.counter(
            "thermocline_warm_timeouts", "Commands that Redis did not answer in time.", UInt64(statistics.timeouts))
        page.counter("thermocline_warm_errors", "Errors that Redis answered with.", UInt64(statistics.errors))
        page.counter(
            "thermocline_warm_reconnects", "Attempts to connect after the first.", UInt64(statistics.reconnects))
        page.counter(
            "thermocline_warm_unavailable", "Look-ups and admissions that went without Redis.",
            UInt64(statistics.unavailable))
    }

    private func writeState(_ health: [PartHealth], to page: inout Exposition) {
        page.gauge(
            "thermocline_degraded", "Whether a part is not at its best, by the part.",
            health.map { ([("part", $0.part.rawValue)], $0.status.isAtItsBest ? 0 : 1) })
        page.gauge("thermocline_requests_in_flight", "Requests being answered.", Double(parts.inFlight.count))
        page.info("thermocline_build", "What is running.", [("version", Wording.version)])
    }

    private func writeProcess(to page: inout Exposition) {
        let figures = ProcessFigures.now()
        page.gauge(
            "process_start_time_seconds", "When the process started, in seconds since 1970.", figures.startSeconds)
        page.counter("process_cpu_seconds", "Processor time used.", seconds: figures.cpuSeconds)
        page.gauge("process_resident_memory_bytes", "Memory in use.", Double(figures.residentBytes))
        page.gauge("process_open_fds", "Open file descriptors.", Double(figures.openFileDescriptors))
    }
}

extension TierReading {
    /// As in names of metrics and settings.
    var shortName: String {
        switch tier {
        case .hot: "hot"
        case .warm: "warm"
        case .cold: "cold"
        }
    }
}
