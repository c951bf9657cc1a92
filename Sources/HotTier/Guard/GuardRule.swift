/// A rule of the guard that refused a reuse; the raw value is fit for a metric's label.
///
/// Cases are in the order in which the rules are asked.
public enum GuardRule: String, Sendable, Hashable, CaseIterable {
    /// One of the two says too little to be sure of anything.
    case tooShort = "too_short"
    /// One denies what the other states, or they deny different things.
    case negation
    /// Another error code, exit code, status or message number.
    case code
    /// Another number or version, of those that are not harmless (an address, a line, a process).
    case number
    /// Another option, file name, setting or symbol.
    case identifier
    /// Another string between quotes.
    case quotation
    /// Another path or address of a page.
    case path
    /// A word on one side, its opposite on the other.
    case antonym
    /// The way from one thing to another, turned round.
    case direction
    /// Another product, language or protocol is named.
    case technology
    /// Another operating system or device is named.
    case operatingSystem = "operating_system"
    /// Another part or kind of thing is named.
    case object
    /// One of them is about all, the other about one.
    case scope
    /// Too much here, too little or just much there.
    case quantity
    /// What, why, how, how many, whether: another kind of question.
    case questionKind = "question_kind"
    /// The same words, but doer and done-to have changed places.
    case swappedRoles = "swapped_roles"
    /// A word that matters stands on one side only, and nothing shows it harmless.
    case contentWords = "content_words"
}
