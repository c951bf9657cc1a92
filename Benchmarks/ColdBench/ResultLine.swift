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
    /// Of eight askers at a time, who ask as the server does; with two threads.
    let eightPerSecond: Double?
    /// The same where each makes its pass for itself.
    let eightAlonePerSecond: Double?
    let recall: Double?
    let recallRounded: Double?
    /// Of what the order of replies, by rounded similarity and then by id, makes the ten best of the whole base.
    let recallRanked: Double?
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
