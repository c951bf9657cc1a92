import ColdTier
import Knowledge
import Pipeline

extension MetricsPage {
    func writeCold(to page: inout Exposition) {
        let cold = parts.stack.cold
        let statistics = cold.statistics()
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
        if let progress = cold.textRecoding {
            page.gauge(
                "thermocline_cold_recoding_items", "Items whose texts are being stored anew, by why and by state.",
                [
                    ([("work", progress.work.rawValue), ("state", "done")], Double(progress.done)),
                    ([("work", progress.work.rawValue), ("state", "waiting")], Double(progress.total - progress.done)),
                ])
        }
        page.counter(
            "thermocline_cold_refused_texts", "Texts not handed out, because they are damaged or do not open.",
            statistics.refusedTexts)
        page.gauge(
            "thermocline_cold_dead_vectors", "Vectors replaced or deleted whose space compaction will give back.",
            Double(statistics.deadVectors))
        page.gauge(
            "thermocline_cold_dead_ratio", "Share of items deleted since rows were last moved together.",
            statistics.deadShare)
        page.gauge(
            "thermocline_cold_free_bytes", "Bytes of the database that hold nothing, as of the last maintenance.",
            Double(statistics.freeBytes))
        page.gauge(
            "thermocline_cold_damaged_vectors", "Vectors whose checksum was wrong since the start.",
            Double(statistics.damagedVectors))
        writeIndex(statistics, to: &page)
        page.counter("thermocline_cold_searches", "Searches of the knowledge.", UInt64(statistics.searches))
        page.counter(
            "thermocline_cold_shared_searches", "Searches that another's pass over the codes answered too.",
            statistics.sharedSearches)
        page.histogram(
            "thermocline_cold_search_duration_seconds", "Duration of searches of the cold tier, with waiting for one.",
            [([], parts.stack.metrics.search.snapshot())])
        page.histogram(
            "thermocline_cold_step_duration_seconds",
            "Duration of the parts of a search: vector is the scan by kernels, the others are SQLite's but fusion.",
            ColdSearchStep.Name.allCases.map { ([("step", $0.rawValue)], cold.latency(of: $0)) })
        page.counter(
            "thermocline_cold_writes", "Items written, deleted, voted on, or given a vector or a quality.",
            UInt64(statistics.writes))
        page.histogram(
            "thermocline_cold_transaction_duration_seconds", "Duration of committed transactions, synced to disk.",
            [([], cold.transactionLatency)])
        page.gauge(
            "thermocline_knowledge_version", "Changes that the knowledge has seen.",
            Double(cold.changeNumber.rawValue))
        writeFeedback(statistics, to: &page)
    }

    private func writeIndex(_ statistics: ColdStatistics, to page: inout Exposition) {
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
}
