import Access
import HTTPTypes

extension ContractError {
    static func rateLimited(_ verdict: LimitVerdict) -> ContractError {
        let seconds = verdict.retrySeconds ?? 1
        var error = ContractError(429, "RATE_LIMITED", "Too many requests; come again in \(seconds) s")
        error.retryAfterSeconds = seconds
        error.limitFields = verdict.fields
        return error
    }

    static func quotaExceeded(_ verdict: QuotaVerdict) -> ContractError {
        var error = ContractError(
            429, "QUOTA_EXCEEDED", "The month's quota is used up; the next begins in \(verdict.resetSeconds) s")
        error.retryAfterSeconds = verdict.resetSeconds
        error.limitFields = [
            .xRateLimitLimit: String(verdict.limit), .xRateLimitRemaining: "0",
            .xRateLimitReset: String(verdict.resetSeconds),
        ]
        return error
    }
}

extension LimitVerdict {
    /// Tokens of the full bucket, tokens left, and seconds until it is full again.
    var fields: HTTPFields {
        [
            .xRateLimitLimit: String(limit), .xRateLimitRemaining: String(remaining),
            .xRateLimitReset: String(resetSeconds),
        ]
    }
}

extension HTTPField.Name {
    static let xRateLimitLimit = HTTPField.Name("X-RateLimit-Limit") ?? .trailer
    static let xRateLimitRemaining = HTTPField.Name("X-RateLimit-Remaining") ?? .trailer
    static let xRateLimitReset = HTTPField.Name("X-RateLimit-Reset") ?? .trailer
}
