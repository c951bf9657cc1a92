import Knowledge

/// The rule by which a kept answer may still be served.
///
/// One function for hits in every tier and for admission, so that they cannot disagree.
enum Validity {
    /// - Parameter now: the store's change number, read no earlier than the question arrived.
    static func isCurrent(_ answer: Answer, at now: ChangeNumber) -> Bool {
        answer.changeNumber == now
    }
}
