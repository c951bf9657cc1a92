/// Decides whether the answer to one question may stand for another that the encoder finds close.
///
/// An encoder sees what two questions are about, hardly what they say of it: a negation, another version or
/// the two ends of a connection exchanged leave the cosine near 1. So the guard compares the words. It looks
/// for a reason to refuse, rule after rule from the telling to the general, and the last rule refuses whatever
/// is left over: a word that matters on one side only. What passes, then, are the same words in another order
/// or voice, inflected or misspelt, with known synonyms, and with fillers added or left out.
///
/// The check is a pure function of the two analyses, and symmetric. Any thread.
public struct SemanticGuard: Sendable {
    /// Words that matter which a question must have at least.
    static let minimumTerms = 2

    /// From here on the vectors hardly differ, so a word or two more on one side hardly change the meaning.
    static let nearCertainCosine: Float = 0.96

    /// Questions are that near already where they ask in another way: "what is your opinion", "how do you feel".
    static let nearCertainCosineOfQuestions: Float = 0.92

    /// From here on praise and a scope on one side of two questions are forgiven.
    static let closeCosine: Float = 0.90

    /// From here on alike kinds of question are one.
    static let alikeCosine: Float = 0.90

    /// From here on a single word, asked about in the same way, is enough: "what is a lathe".
    static let sameCosine: Float = 0.95

    /// A report with so many other words is told by them, not by the paths in it.
    static let minimumTermsWithOtherPaths = 4

    private let lexicon: GuardLexicon

    public init(_ lexicon: GuardLexicon) {
        self.lexicon = lexicon
    }

    /// Reads a question once for any number of checks.
    ///
    /// - Parameter text: the caller's own text; case matters little, quotes and punctuation matter.
    public func analysis(of text: String) -> GuardedText {
        QuestionReader.read(text, lexicon: lexicon)
    }

    /// - Parameter cosine: of the two questions' vectors; near 1 it excuses added words and most kinds of question.
    public func check(asked: GuardedText, cached: GuardedText, cosine: Float) -> GuardVerdict {
        failing(asked, cached, cosine: cosine).map { .rejected($0) } ?? .accepted
    }

    private func failing(_ a: GuardedText, _ b: GuardedText, cosine: Float) -> GuardRule? {
        let bothAsk = a.asks && b.asks
        if saysTooLittle(a, b, cosine: cosine) { return .tooShort }
        if denyDifferently(a, b) { return .negation }
        if a.codes != b.codes { return .code }
        if a.numbers != b.numbers { return .number }
        if a.identifiers != b.identifiers { return .identifier }
        if a.quotations != b.quotations { return .quotation }
        if !agree(a.paths, b.paths, a, b) { return .path }
        if areOpposed(a.opposites, b.opposites) { return .antonym }
        if isReversed(a, b) { return .direction }
        if a.technologies != b.technologies { return .technology }
        if a.operatingSystems != b.operatingSystems { return .operatingSystem }
        if a.objects != b.objects { return .object }
        if a.scopes != b.scopes {
            let isAdded = a.scopes.isEmpty || b.scopes.isEmpty
            guard bothAsk, isAdded, cosine >= Self.closeCosine else { return .scope }
        }
        if a.quantities != b.quantities { return .quantity }
        let nearCertain = bothAsk ? Self.nearCertainCosineOfQuestions : Self.nearCertainCosine
        if !QuestionKind.agree(
            a.questionKinds, b.questionKinds, isClose: cosine >= Self.alikeCosine, isNearCertain: cosine >= nearCertain)
        {
            return .questionKind
        }
        if RoleOrder(a, b, lexicon: lexicon).isSwapped { return .swappedRoles }
        if a.addressees != b.addressees { return .contentWords }
        if min(a.terms.count, b.terms.count) < Self.minimumTerms {
            if a.allTerms == b.allTerms { return nil }
            let isPraise = a.terms == b.terms && !a.terms.isEmpty && a.questionKinds == b.questionKinds && bothAsk
            return isPraise && cosine >= Self.closeCosine ? nil : .tooShort
        }
        let difference = TermDifference(a.terms, b.terms, lexicon: lexicon)
        if difference.isEmpty { return nil }
        return ContentDemand.isMet(by: difference, a, b, cosine: cosine, lexicon: lexicon) ? nil : .contentWords
    }

    /// Too few words to be sure of anything, too many to compare, or a question about what it does not show.
    private func saysTooLittle(_ a: GuardedText, _ b: GuardedText, cosine: Float) -> Bool {
        if a.isTooLong || b.isTooLong { return true }
        if a.asks, b.asks, a.pointsOutside || b.pointsOutside { return true }
        if min(a.allTerms.count, b.allTerms.count) >= Self.minimumTerms { return false }
        let isSame = a.allTerms == b.allTerms && !a.allTerms.isEmpty && a.questionKinds == b.questionKinds && a.asks
        return !(isSame && cosine >= Self.sameCosine)
    }

    /// The same paths, or as many other ones in reports that agree in enough else: another machine's.
    private func agree(_ paths: Set<String>, _ others: Set<String>, _ a: GuardedText, _ b: GuardedText) -> Bool {
        paths == others
            || (paths.count == others.count && min(a.terms.count, b.terms.count) >= Self.minimumTermsWithOtherPaths)
    }

    /// One denies and the other does not, or one denies what the other says without denying it.
    private func denyDifferently(_ a: GuardedText, _ b: GuardedText) -> Bool {
        if a.denied == b.denied { return false }
        if a.denied.isEmpty != b.denied.isEmpty { return true }
        return a.denied.subtracting(b.denied).contains { b.allTerms.contains($0) }
            || b.denied.subtracting(a.denied).contains { a.allTerms.contains($0) }
    }

    /// One says a word and not its opposite, the other the opposite and not the word.
    private func areOpposed(_ a: Set<Int>, _ b: Set<Int>) -> Bool {
        a.contains { b.contains(-$0) && !a.contains(-$0) && !b.contains($0) }
    }

    private func isReversed(_ a: GuardedText, _ b: GuardedText) -> Bool {
        if !a.origins.isDisjoint(with: b.destinations), a.origins.isDisjoint(with: b.origins) { return true }
        if !a.destinations.isDisjoint(with: b.origins), a.destinations.isDisjoint(with: b.destinations) { return true }
        if !a.origins.isEmpty && !b.origins.isEmpty && a.origins.isDisjoint(with: b.origins) { return true }
        return exchanges(a.destinations, b.destinations, a, b) || exchanges(a.origins, b.origins, a, b)
    }

    /// Each names an end of the way that the other names as something else.
    private func exchanges(_ ends: Set<String>, _ others: Set<String>, _ a: GuardedText, _ b: GuardedText) -> Bool {
        ends.subtracting(others).contains { b.allTerms.contains($0) }
            && others.subtracting(ends).contains { a.allTerms.contains($0) }
    }
}
