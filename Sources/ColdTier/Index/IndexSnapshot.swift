import CScan
public import Knowledge

/// The vectors of one tenant as they were at one change number: immutable, searched from any thread without a lock.
public struct IndexSnapshot: Sendable {
    public let changeNumber: ChangeNumber
    /// All but perhaps the last are sealed.
    public let blocks: [FlatBlock]
    /// Of each block.
    let columns: [BlockStorage.Columns]
    /// Vectors that can be found.
    public let count: Int
    /// Bytes of originals of blocks that have no segment yet.
    let pinnedByteCount: Int
    let dimension: Int
    let kernels: scan_kernels
    /// What the blocks' sign codes are relative to; `nil` where every row is scanned in int8.
    let clusters: SignClusters?
    /// Of all blocks.
    let rowCount: Int
    /// Of blocks with sign codes.
    let signRowCount: Int
    /// Of blocks that have rows to be scanned in int8: no sign codes, or no use for them.
    let codeBlocks: [Int]
    /// Where its searches meet; `nil` where each reads the codes for itself.
    private let shared: SharedScans<SignScan.Question, [UInt32]>?
    private let sharing: ScanSharing

    init(
        changeNumber: ChangeNumber, blocks: [FlatBlock], dimension: Int, kernels: scan_kernels, clusters: SignClusters?,
        sharing: ScanSharing
    ) {
        self.changeNumber = changeNumber
        self.blocks = blocks
        columns = blocks.map { BlockStorage.Columns($0.storage) }
        count = blocks.reduce(0) { $0 + $1.liveCount }
        pinnedByteCount = blocks.reduce(0) { $0 + $1.pinnedByteCount }
        self.dimension = dimension
        self.kernels = kernels
        self.clusters = clusters
        self.sharing = sharing
        rowCount = blocks.reduce(0) { $0 + $1.rowCount }
        signRowCount = blocks.reduce(0) { $0 + ($1.signs == nil ? 0 : $1.rowCount) }
        codeBlocks = blocks.indices.filter {
            blocks[$0].liveCount > 0 && (clusters == nil || blocks[$0].signs == nil)
        }
        let signBytes = clusters == nil ? 0 : blocks.reduce(0) { $0 + $1.signByteCount }
        shared =
            clusters != nil && signBytes >= sharing.leastByteCount
            ? SharedScans(concurrentPasses: sharing.concurrentScans, largestPass: SignScan.maximumQuestionCount) : nil
    }

    /// Bytes of memory held by the blocks: all but originals that are paged.
    public var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    /// Those of them that are sign codes.
    public var signByteCount: Int { blocks.reduce(0) { $0 + $1.signByteCount } }

    public func contains(_ id: ItemID) -> Bool {
        blocks.contains { $0.row(of: id.rawValue) != nil }
    }

    /// An item's vector, as it was put.
    public func vector(of id: ItemID) -> [Float]? {
        for block in blocks {
            if let row = block.row(of: id.rawValue) { return block.vector(row: row) }
        }
        return nil
    }

    /// The `k` most similar items by rounded similarity descending, then by id: exactly what computing every dot product
    /// in f32 would give, up to the index's limit of exact search; beyond, what `FlatSearch` finds.
    ///
    /// Beyond, in an index larger than the cache, searches that come while two are under way share passes over the codes
    /// (`SharedScans`), which changes no result.
    ///
    /// Blocks its thread for about 10 ns a row in exact search, 1 ns beyond. The parameters are those of `VectorQuestion`.
    /// - Parameter crew: who helps; nobody should where other cores have something to do.
    package func search(
        query: [Float], k: Int, minimumSimilarity: Double? = nil, allowed: ItemSelection? = nil,
        crew: ScanCrew = .shared
    ) throws(IndexError) -> [VectorMatch] {
        try measuredSearch(
            query: query, k: k, minimumSimilarity: minimumSimilarity, allowed: allowed, crew: crew, shares: true
        ).matches
    }

    /// `search`, and how many rows it computed in f32.
    /// - Parameter shares: whether it takes turns with other searches.
    package func measuredSearch(
        query: [Float], k: Int, minimumSimilarity: Double? = nil, allowed: ItemSelection? = nil,
        crew: ScanCrew = .shared, shares: Bool = false
    ) throws(IndexError) -> (matches: [VectorMatch], exactCount: Int) {
        let question = VectorQuestion(query, k: k, minimumSimilarity: minimumSimilarity, allowed: allowed)
        try UnitVector.check(query, dimension: dimension, kernels: kernels)
        if clusters != nil { crew.wake(for: rowCount) }
        var search = FlatSearch(self, question)
        let found = search.signQuestion().map { positions(for: $0, crew, shares: shares) }
        let matches = search.matches(from: found ?? [])
        return (matches, search.exactCount)
    }

    /// What `search` gives for each of several questions, which share one pass over the sign codes. Without such codes they
    /// are searched one after the other.
    ///
    /// Blocks its thread for all of them.
    public func search(_ questions: [VectorQuestion]) throws(IndexError) -> [[VectorMatch]] {
        try search(questions, crew: .shared)
    }

    package func search(_ questions: [VectorQuestion], crew: ScanCrew) throws(IndexError) -> [[VectorMatch]] {
        for question in questions { try UnitVector.check(question.vector, dimension: dimension, kernels: kernels) }
        if clusters != nil { crew.wake(for: rowCount) }
        var searches = questions.map { FlatSearch(self, $0) }
        let asked = searches.map { $0.signQuestion() }
        var positions: [[UInt32]] = []
        let scanned = asked.compactMap { $0 }
        for start in stride(from: 0, to: scanned.count, by: SignScan.maximumQuestionCount) {
            positions += scan(Array(scanned[start...].prefix(SignScan.maximumQuestionCount)), crew)
        }
        var next = positions.makeIterator()
        return searches.indices.map { searches[$0].matches(from: asked[$0] == nil ? [] : next.next() ?? []) }
    }

    private func positions(for question: SignScan.Question, _ crew: ScanCrew, shares: Bool) -> [UInt32] {
        let shared = shares ? shared : nil
        guard let found = shared?.answer(to: question, pass: { scan($0, crew) }) else {
            return scan([question], crew).first ?? []
        }
        if found.isAnothers { sharing.answeredSearches.add() }
        return found.answer
    }

    private func scan(_ questions: [SignScan.Question], _ crew: ScanCrew) -> [[UInt32]] {
        let scan = SignScan(blocks, questions, kernels)
        crew.run(scan)
        return scan.positions
    }

    /// Bytes that the first pass of a search reads.
    package var firstPassByteCount: Int {
        blocks.reduce(0) { $0 + ($1.signs?.byteCount ?? $1.rowCount * $1.storage.codeStride) }
    }

    /// The similarity of given items, as `search` would show it; items without a vector are left out.
    public func similarity(
        of ids: some Sequence<ItemID>, query: [Float]
    ) throws(IndexError) -> [ItemID: Double] {
        try UnitVector.check(query, dimension: dimension, kernels: kernels)
        var similarities: [ItemID: Double] = [:]
        for id in ids {
            for block in blocks {
                guard let row = block.row(of: id.rawValue) else { continue }
                let dot = block.storage.withOriginal(row: row) {
                    kernels.dot(query, originals: $0, dimension: dimension, row: 0)
                }
                if let dot { similarities[id] = SimilarityRank(dot: dot).similarity }
                break
            }
        }
        return similarities
    }
}
