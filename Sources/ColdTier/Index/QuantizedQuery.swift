import CScan

/// A question's vector with the codes of the first pass.
///
/// Write q = q̂ + f and v = v̂ + e, where the hats are scale · codes. Then q·v − q̂·v̂ = q·e + f·v̂, so
/// |q·v − q̂·v̂| ≤ ‖q‖‖e‖ + ‖f‖‖v̂‖ ≤ ‖q‖‖e‖ + ‖f‖(‖v‖ + ‖e‖). On top comes `rounding`: what the f32 dot product of
/// the exact pass (L = ⌈dimension / 16⌉ additions a lane, 5 more; each 2⁻²⁴ of at most ‖q‖‖v‖ ≈ 1) and the dozen
/// float operations of this bound may be off; L + 20 times 2⁻²³ is twice that.
struct QuantizedQuery {
    let vector: [Float]
    let codes: [Int8]
    let scale: Float
    /// At least ‖f‖.
    let residualNorm: Float
    /// The bound is `slope · ‖e‖ + offset`.
    let slope: Float
    let offset: Float

    init(_ vector: [Float]) {
        var codes = [Int8](repeating: 0, count: vector.count)
        let quantized = scan_quantize_f32(vector, vector.count, &codes)
        self.vector = vector
        self.codes = codes
        scale = quantized.scale
        residualNorm = quantized.residual_norm
        (slope, offset) = Self.errorBound(residualNorm: quantized.residual_norm, dimension: vector.count)
    }

    static func errorBound(residualNorm: Float, dimension: Int) -> (slope: Float, offset: Float) {
        let rounding = Float((dimension + 15) / 16 + 20) * 0x1p-23
        return (UnitVector.maximumLength + residualNorm, residualNorm * UnitVector.maximumLength + rounding)
    }
}
