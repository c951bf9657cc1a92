extension Operation {
    /// Every operation of the server: the table of contents of this folder.
    ///
    /// - Parameter bounds: what an operator chooses.
    static func all(_ bounds: InterfaceBounds) -> [Operation] {
        questions(bounds) + knowledge + tiers(bounds) + system + history(bounds) + administration + training
    }
}
