package import Knowledge
package import Pipeline

/// One of the slowest questions of late, with its way through the tiers.
package struct SlowQuestion: Sendable {
    package let tenant: Tenant
    /// The caller's own text: for those alone who may see the tenant's questions.
    package let text: String
    package let askedAt: Timestamp
    package let elapsed: Duration
    package let servedBy: ServedBy
    package let requestID: String
    package let steps: [Step]

    package init(
        tenant: Tenant, text: String, askedAt: Timestamp, elapsed: Duration, servedBy: ServedBy, requestID: String,
        steps: [Step]
    ) {
        self.tenant = tenant
        self.text = text
        self.askedAt = askedAt
        self.elapsed = elapsed
        self.servedBy = servedBy
        self.requestID = requestID
        self.steps = steps
    }
}
