import Knowledge

/// Three lists with the newest last: the small queue, the main one, and the ghosts.
struct S3FIFOModel: EvictionModel {
    private struct Entry {
        var answer: Answer
        var uses = 0
    }

    private var small: [Entry] = []
    private var main: [Entry] = []
    private var ghosts: [Fingerprint] = []

    var held: [Answer] { (small + main).map(\.answer) }

    /// Nine tenths of what is held, rounded up.
    private mutating func trimGhosts() {
        let limit = (held.count * 9 + 9) / 10
        if ghosts.count > limit { ghosts.removeFirst(ghosts.count - limit) }
    }

    mutating func use(_ fingerprint: Fingerprint) {
        for index in small.indices where small[index].answer.fingerprint == fingerprint {
            small[index].uses = min(3, small[index].uses + 1)
        }
        for index in main.indices where main[index].answer.fingerprint == fingerprint {
            main[index].uses = min(3, main[index].uses + 1)
        }
    }

    mutating func remove(_ fingerprint: Fingerprint) {
        small.removeAll { $0.answer.fingerprint == fingerprint }
        main.removeAll { $0.answer.fingerprint == fingerprint }
    }

    mutating func replace(with answer: Answer) {
        use(answer.fingerprint)
        if let index = small.firstIndex(where: { $0.answer.fingerprint == answer.fingerprint }) {
            small.append(Entry(answer: answer, uses: small.remove(at: index).uses))
        }
        if let index = main.firstIndex(where: { $0.answer.fingerprint == answer.fingerprint }) {
            main.append(Entry(answer: answer, uses: main.remove(at: index).uses))
        }
    }

    mutating func insert(_ answer: Answer) {
        trimGhosts()
        if let ghost = ghosts.firstIndex(of: answer.fingerprint) {
            ghosts.remove(at: ghost)
            main.append(Entry(answer: answer))
        } else {
            small.append(Entry(answer: answer))
        }
    }

    mutating func evict() -> Answer? {
        let smallBytes = small.reduce(0) { $0 + $1.answer.byteCount }
        let isDue = small.count * 10 >= held.count || smallBytes * 10 >= byteCount
        guard main.isEmpty || !small.isEmpty && isDue else { return evictFromMain() }
        let oldest = small.removeFirst()
        guard oldest.uses < 2 else {
            main.append(Entry(answer: oldest.answer))
            return nil
        }
        ghosts.removeAll { $0 == oldest.answer.fingerprint }
        ghosts.append(oldest.answer.fingerprint)
        trimGhosts()
        return oldest.answer
    }

    private mutating func evictFromMain() -> Answer? {
        var oldest = main.removeFirst()
        guard oldest.uses > 0 else { return oldest.answer }
        oldest.uses -= 1
        main.append(oldest)
        return nil
    }
}
