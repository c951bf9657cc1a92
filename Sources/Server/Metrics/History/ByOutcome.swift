package import Pipeline

/// A figure for each way in which a question may end.
package struct ByOutcome<Value: Sendable>: Sendable {
    package var hot: Value
    package var warm: Value
    package var cold: Value
    package var miss: Value

    package init(_ value: (ServedBy) -> Value) {
        hot = value(.hot)
        warm = value(.warm)
        cold = value(.cold)
        miss = value(.miss)
    }

    package subscript(_ outcome: ServedBy) -> Value {
        switch outcome {
        case .hot: hot
        case .warm: warm
        case .cold: cold
        case .miss: miss
        }
    }
}

extension ByOutcome: Equatable where Value: Equatable {}
extension ByOutcome: Hashable where Value: Hashable {}
