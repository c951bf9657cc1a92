/// The recoding under way, as memory knows it.
struct TextRecodingState {
    var record: RecodingRecord
    /// Why the last step failed; `nil` when it did not.
    var problem: String?
}
