/// LRU: a use makes an answer the newest, and the oldest goes.
///
/// One lane in the order of last use. Nothing is spared, for what was used is no longer the oldest.
struct LeastRecentlyUsed: Sendable {
    func use(_ entry: Entry) -> Bool { true }

    func laneForNewcomer() -> Lane { .main }

    func laneToEvict() -> Lane { .main }

    func spare() -> Lane? { nil }
}
