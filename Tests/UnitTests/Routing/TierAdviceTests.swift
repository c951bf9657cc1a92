import Routing
import Testing

@Suite("Tier advice")
struct TierAdviceTests {
    /// A curve that rises by these shares of 1,000 look-ups at these sizes, known exactly.
    private static func curve(_ steps: [Int: Double], lookups: Double = 1_000) -> HitRateCurve {
        var hits = [Double](repeating: 0, count: 2_048)
        for (size, share) in steps { hits[size - 1] = share * lookups }
        return HitRateCurve(levels: [.init(scale: 1, hits: hits, uses: lookups)], sampledKeys: 7)
    }

    private static func present(
        hot: Int = 100, bytes: Int = 64 << 20, warm: Int = 400, observed: Double? = nil, mean: Double? = nil
    ) -> TierAdvice.Present {
        TierAdvice.Present(
            hotCapacity: hot, hotMaximumBytes: bytes, warmCapacity: warm, observedHotHitRate: observed,
            observedKeptHitRate: observed, meanAnswerBytes: mean)
    }

    @Test("Growing is advised with what it gains, up to where more gains nothing")
    func grow() {
        let advice = TierAdvice(Self.curve([50: 0.58, 350: 0.13, 1_500: 0.005]), Self.present())
        #expect(advice.hot.suggestedSize == 400)
        #expect(advice.hot.setting == "HOT_CACHE_SIZE=400")
        #expect(advice.hot.text == "HOT_CACHE_SIZE=400 would hit 71 % instead of 58 %.")
        #expect(abs(advice.hot.expectedHitRate - 0.58) < 1e-9)
        #expect(advice.hot.curve.map(\.size) == [6, 12, 25, 50, 100, 200, 400, 800, 1_600])
        #expect(advice.hot.curve.last?.expectedHitRate ?? 0 > 0.714)
    }

    @Test("A size is large enough when growing gains less than a point and shrinking loses half a point")
    func largeEnough() {
        let advice = TierAdvice(Self.curve([40: 0.5, 90: 0.006, 350: 0.009]), Self.present())
        #expect(advice.hot.suggestedSize == 100)
        #expect(advice.hot.setting == "HOT_CACHE_SIZE=100")
        #expect(advice.hot.text == "HOT_CACHE_SIZE=100 is large enough: expected hit rate 51 %.")
    }

    @Test("Shrinking is advised when it loses less than half a point, once the cache has been turned over")
    func shrink() {
        let steps = [20: 0.5, 90: 0.004]
        let advice = TierAdvice(Self.curve(steps), Self.present())
        #expect(advice.hot.suggestedSize == 25)
        #expect(advice.hot.setting == "HOT_CACHE_SIZE=25")
        #expect(
            advice.hot.text
                == "HOT_CACHE_SIZE=100 is large enough: HOT_CACHE_SIZE=25 would hit 50.0 %, now 50.4 %.")
        #expect(TierAdvice(Self.curve(steps, lookups: 500), Self.present()).hot.suggestedSize == 100)
    }

    @Test("Warm is advised by what hot and warm hit together")
    func warm() {
        let advice = TierAdvice(Self.curve([50: 0.3, 450: 0.1, 850: 0.2]), Self.present())
        #expect(abs(advice.warm.expectedHitRate - 0.4) < 1e-9)
        #expect(advice.warm.setting == "WARM_CACHE_SIZE=800")
        #expect(advice.warm.text == "WARM_CACHE_SIZE=800 would hit 60 % instead of 40 %.")
    }

    @Test("A hot tier bounded by its bytes is advised on its bytes")
    func bytes() {
        let advice = TierAdvice(
            Self.curve([20: 0.3, 80: 0.3]), Self.present(bytes: 1 << 20, mean: 1_048_576 / 50))
        #expect(abs(advice.hot.expectedHitRate - 0.3) < 1e-9)
        #expect(advice.hot.setting == "HOT_CACHE_SIZE=100 HOT_CACHE_MAX_BYTES=2MiB")
        #expect(advice.hot.text.hasSuffix("would hit 60 % instead of 30 %. About 1.0 MiB more memory."))
    }

    @Test("Hits lost to something else than size are named")
    func shortfall() {
        let curve = Self.curve([20: 0.5, 90: 0.1])
        #expect(TierAdvice(curve, Self.present(observed: 0.4)).hot.text.contains("Hot hit 40 % lately"))
        #expect(!TierAdvice(curve, Self.present(observed: 0.58)).hot.text.contains("lately"))
    }

    @Test("Tiers that are switched off are told what they would hit")
    func switchedOff() {
        let advice = TierAdvice(Self.curve([50: 0.3, 1_500: 0.2]), Self.present(hot: 0, warm: 0))
        #expect(advice.hot.expectedHitRate == 0 && advice.warm.expectedHitRate == 0)
        #expect(advice.hot.setting == "HOT_CACHE_SIZE=2000")
        #expect(advice.warm.text.hasSuffix("The warm tier is switched off; it needs REDIS_URL."))
    }

    @Test("Before there are enough questions, nothing is advised")
    func tooFew() {
        let advice = TierAdvice(Self.curve([50: 0.3, 350: 0.4], lookups: 20), Self.present())
        #expect(advice.hot.suggestedSize == 100)
        #expect(advice.hot.text == "Too few questions yet to advise on HOT_CACHE_SIZE: 20 of 200.")
    }
}
