import CScan
import Knowledge

/// The writer's copy of a tenant's blocks: appends, tombstones, sealing and compaction.
struct IndexWriter {
    /// Sealed blocks, and as the last one perhaps a growing tail.
    private(set) var blocks: [FlatBlock] = []
    private let dimension: Int
    private let rowLimit: Int
    private let exactLimit: Int
    private let kernels: scan_kernels
    private var nextSerial = 0
    /// Trained when the index first outgrows exact search; kept when it shrinks and grows again.
    private var trainedClusters: SignClusters?

    init(dimension: Int, rowLimit: Int, exactLimit: Int, kernels: scan_kernels) {
        self.dimension = dimension
        self.rowLimit = rowLimit
        self.exactLimit = exactLimit
        self.kernels = kernels
    }

    /// - Parameter clusters: what the blocks' sign codes, where they have any, are relative to.
    mutating func adopt(
        _ adopted: [FlatBlock], clusters: SignClusters?, isCurrent: (ItemID, ChangeNumber) -> Bool
    ) throws(IndexError) {
        trainedClusters = clusters
        var newest: [Int64: (changeNumber: Int64, block: Int, row: Int)] = [:]
        for var block in adopted {
            guard block.dimension == dimension else {
                throw .wrongDimension(expected: dimension, actual: block.dimension)
            }
            if !block.isSealed { block.seal() }
            block.serial = takeSerial()
            let index = blocks.count
            blocks.append(block)
            for row in 0..<block.rowCount where !block.isDead(row) {
                let id = block.storage.ids[row]
                let changeNumber = block.storage.changeNumbers[row]
                guard isCurrent(ItemID(id), ChangeNumber(changeNumber)) else {
                    blocks[index].kill(row: row)
                    continue
                }
                if let rival = newest[id] {
                    if rival.changeNumber > changeNumber {
                        blocks[index].kill(row: row)
                        continue
                    }
                    blocks[rival.block].kill(row: rival.row)
                }
                newest[id] = (changeNumber, index, row)
            }
        }
    }

    mutating func make(_ change: VectorChange) {
        switch change {
        case .put(let id, let vector, let changeNumber):
            kill(id)
            let tail = tailWithRoom()
            blocks[tail].append(id: id, vector: vector, at: changeNumber)
            sealIfAtLimit(tail)
        case .remove(let id):
            kill(id)
        case .lose(let id, let changeNumber):
            for index in blocks.indices {
                guard let row = blocks[index].row(of: id.rawValue),
                    blocks[index].storage.changeNumbers[row] == changeNumber.rawValue
                else { continue }
                blocks[index].kill(row: row)
            }
        }
    }

    /// Takes in a sealed block of rows none of which any other block has live, before the tail; returns its serial.
    mutating func insert(_ block: FlatBlock) -> Int {
        var block = block
        block.serial = takeSerial()
        let tail = blocks.last.map { !$0.isSealed } ?? false
        blocks.insert(block, at: tail ? blocks.count - 1 : blocks.count)
        return block.serial
    }

    /// Puts a block made of a block's segment in its place.
    mutating func replace(_ serial: Int, with block: FlatBlock) {
        guard let index = blocks.firstIndex(where: { $0.serial == serial && $0.isSealed }) else { return }
        var block = block
        block.succeed(blocks[index], clusters: trainedClusters)
        blocks[index] = block
    }

    private mutating func kill(_ id: ItemID) {
        for index in blocks.indices.reversed() {
            guard let row = blocks[index].row(of: id.rawValue) else { continue }
            blocks[index].kill(row: row)
            return
        }
    }

    // MARK: The tail

    private mutating func tailWithRoom() -> Int {
        guard let tail = blocks.indices.last, !blocks[tail].isSealed else {
            let capacity = min(FlatBlock.initialCapacity, rowLimit)
            blocks.append(FlatBlock(dimension: dimension, capacity: capacity, serial: takeSerial()))
            return blocks.count - 1
        }
        if blocks[tail].isFull { moveTail(tail) }
        return tail
    }

    /// Full of dead rows a tail is rewritten in place of growing, so an item replaced for ever takes no more memory.
    private mutating func moveTail(_ tail: Int) {
        let old = blocks[tail]
        let wanted = old.isMostlyWaste ? old.liveCount + 1 : 2 * old.rowCount
        var capacity = FlatBlock.initialCapacity
        while capacity < wanted { capacity *= 2 }
        var moved = FlatBlock(dimension: dimension, capacity: min(capacity, rowLimit), serial: old.serial)
        if old.isMostlyWaste {
            for row in old.liveRowNumbers { moved.append(row: row, of: old) }
        } else {
            for row in 0..<old.rowCount {
                moved.append(row: row, of: old)
                if old.isDead(row) { moved.kill(row: row) }
            }
        }
        blocks[tail] = moved
    }

    private mutating func sealIfAtLimit(_ tail: Int) {
        guard blocks[tail].rowCount == rowLimit, !blocks[tail].isMostlyWaste else { return }
        blocks[tail].seal()
    }

    // MARK: Compaction

    /// Rewrites sealed blocks that are mostly waste, and merges sealed blocks less than half full when there are two.
    mutating func compact() {
        let sparse = blocks.indices.filter { blocks[$0].isSealed && blocks[$0].liveCount * 2 < rowLimit }
        var chosen = Set(blocks.indices.filter { blocks[$0].isSealed && blocks[$0].isMostlyWaste })
        if sparse.count > 1 { chosen.formUnion(sparse) }
        guard !chosen.isEmpty else { return }

        let sources = chosen.sorted().map { blocks[$0] }
        var left = sources.reduce(0) { $0 + $1.liveCount }
        var rewritten: [FlatBlock] = []
        for source in sources {
            for row in source.liveRowNumbers {
                left -= 1
                if rewritten.last?.isFull ?? true {
                    rewritten.append(
                        FlatBlock(dimension: dimension, capacity: min(left + 1, rowLimit), serial: takeSerial()))
                }
                rewritten[rewritten.count - 1].append(row: row, of: source)
            }
        }
        // Without a row when all that were left are lost.
        rewritten.removeAll { $0.rowCount == 0 }
        for index in rewritten.indices { rewritten[index].seal() }
        let kept = blocks.indices.filter { !chosen.contains($0) }.map { blocks[$0] }
        blocks = kept.filter(\.isSealed) + rewritten + kept.filter { !$0.isSealed }
    }

    // MARK: Sign codes

    private var isTooLargeForExactSearch: Bool { blocks.reduce(0) { $0 + $1.liveCount } > exactLimit }

    /// What sign codes are relative to; `nil` while search is exact.
    var clusters: SignClusters? { isTooLargeForExactSearch ? trainedClusters : nil }

    /// Gives sealed blocks the codes they lack, once the index has outgrown exact search. The first time takes about
    /// 300 ms of training and 4 µs a row. Blocks whose originals were not checked have to wait.
    mutating func encodeSigns() {
        guard isTooLargeForExactSearch else { return }
        if trainedClusters == nil {
            guard blocks.allSatisfy(\.storage.wasChecked) else { return }
            trainedClusters = SignClusters(training: blocks.filter(\.isSealed), kernels: kernels)
        }
        guard let trainedClusters else { return }
        for index in blocks.indices where blocks[index].storage.wasChecked {
            blocks[index].encodeSigns(trainedClusters)
        }
    }

    private mutating func takeSerial() -> Int {
        defer { nextSerial += 1 }
        return nextSerial
    }
}
