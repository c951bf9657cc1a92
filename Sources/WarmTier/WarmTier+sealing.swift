import Knowledge
import Sealing

/// Answers as Redis has them: envelopes, sealed where the store is.
extension WarmTier {
    /// `nil` for an answer that is too large.
    func encode(_ answer: Answer) -> [UInt8]? {
        guard let envelope = AnswerEnvelope.encode(answer) else { return nil }
        guard let sealer = configuration.sealer?.current else { return envelope }
        return try? sealer.seal(envelope, as: context(answer.fingerprint, answer.tenant))
    }

    /// `nil` for what is not exactly this question's answer, and for what is not sealed or does not open where it should.
    func decode(_ bytes: [UInt8], _ fingerprint: Fingerprint, _ tenant: Tenant) -> Answer? {
        var envelope = bytes
        if let sealer = configuration.sealer?.current {
            guard let opened = try? sealer.open(bytes, as: context(fingerprint, tenant)) else { return nil }
            envelope = opened
        }
        guard let answer = AnswerEnvelope.decode(envelope), answer.fingerprint == fingerprint, answer.tenant == tenant
        else { return nil }
        return answer
    }

    private func context(_ fingerprint: Fingerprint, _ tenant: Tenant) -> SealContext {
        SealContext(configuration.storeID, tenant.name, "answer", fingerprint.description)
    }
}
