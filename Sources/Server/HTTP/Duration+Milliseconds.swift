extension Duration {
    /// In milliseconds, with what is below one.
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
