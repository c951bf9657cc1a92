import Foundation
import HotTier
public import Pipeline

extension SemanticHits {
    /// The word lists of this checkout.
    public static var guardListsFolder: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "config/guard").path(percentEncoded: false)
    }

    /// Semantic hits with the guard's own lists; nothing is verified unless asked for.
    public static func sample(
        threshold: Double = SemanticHits.standardThreshold, verifyShare: Double = 0, falseHitRateMaximum: Double = 0.01
    ) throws -> SemanticHits {
        SemanticHits(
            guardedBy: SemanticGuard(try GuardLexicon(folder: guardListsFolder)), threshold: threshold,
            verifyShare: verifyShare, falseHitRateMaximum: falseHitRateMaximum)
    }
}
