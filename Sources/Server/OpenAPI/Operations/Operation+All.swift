import HTTPTypes

extension Operation {
    /// Every operation of the server: the table of contents of this folder.
    ///
    /// - Parameter bounds: those that an operator chooses.
    static func all(_ bounds: InterfaceBounds) -> [Operation] {
        questions(bounds) + knowledge + tiers(bounds) + system + training
    }
}
