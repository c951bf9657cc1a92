import Dispatch
import HotTier
import Pipeline

extension SemanticHits {
    /// As the settings have them, with the word lists read; `nil` when they are off, and then no list is looked at.
    ///
    /// - Throws: a list that is missing or malformed, in one line that names it.
    static func load(_ settings: Settings) async throws(StartError) -> SemanticHits? {
        guard settings.semanticHits == .guarded else { return nil }
        let folder = settings.guardListsDirectory
        // Files are read off the cooperative pool.
        let lexicon: Result<GuardLexicon, GuardLexiconError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(GuardLexiconError) in try GuardLexicon(folder: folder) })
            }
        }
        switch lexicon {
        case .failure(let error): throw .failed("SEMANTIC_HITS=guarded, GUARD_LISTS_DIR=\(folder): \(error)")
        case .success(let lexicon):
            return SemanticHits(
                guardedBy: SemanticGuard(lexicon), threshold: settings.semanticThreshold,
                verifyShare: settings.semanticVerifyShare, falseHitRateMaximum: settings.falseHitRateMaximum)
        }
    }
}
