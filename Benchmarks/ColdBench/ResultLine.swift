/// One measurement, as `peers.py` prints them for peers.
struct ResultLine: Encodable {
    let who = "thermocline"
    let family = "thermocline"
    let items: Int
    let threads: Int
    let asked: Int?
    let p50Ms: Double?
    let p99Ms: Double?
    let perSecond: Double
    /// Of questions that come eight at a time and share their first pass.
    let batchPerSecond: Double
    let recall: Double?
    let recallRounded: Double?
    let residentBytesPerVector: Double
    let buildS: Double
    let firstPassBytesPerVector: Double
    /// What reading the first pass's bytes takes at the bandwidth measured with as many threads.
    let firstPassReadMs: Double
}

/// How fast memory was read.
struct BandwidthLine: Encodable {
    let threads: Int
    let readGigabytesASecond: Double
}
