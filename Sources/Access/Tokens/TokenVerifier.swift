import Crypto
import Foundation
public import Knowledge
import Synchronization

/// Tells who a caller is by a JSON Web Token.
///
/// A token that was verified is remembered by its hash until it expires, so that a signature is checked once. Any task.
public final class TokenVerifier: Sendable {
    /// Clocks of the issuer and of this machine may differ by so much.
    static let clockSkewSeconds = 60.0
    /// Longer ones are refused unread.
    static let maximumTokenBytes = 8 << 10
    static let maximumSubjectBytes = 200
    /// Verified tokens remembered: about 2 MB. When there are more, all are verified again.
    static let maximumRemembered = 10_000

    private struct Verified: Sendable {
        let caller: Caller
        /// Seconds since 1970, the skew added.
        let until: Double
    }

    private struct State: Sendable {
        var keys: TokenKeys
        var verified: [SHA256Digest: Verified] = [:]
        /// What is verified by keys that were replaced meanwhile is not remembered.
        var generation = 0
    }

    private let source: TokenKeySource
    private let time: TimeSource
    private let state: Mutex<State>
    private let file: WatchedFile?

    /// - Throws: `AccessError.tokenKeysUnusable` when there is no usable key.
    public init(_ source: TokenKeySource, time: TimeSource = .system) async throws(AccessError) {
        self.source = source
        self.time = time
        switch source {
        case .secret(let secret):
            file = nil
            state = Mutex(State(keys: await TokenKeys(secret: secret)))
        case .keySet(let path):
            let file = WatchedFile(path: path, maximumBytes: TokenKeys.maximumFileBytes)
            self.file = file
            do {
                guard let content = try await file.changed() else {
                    throw TokenKeys.Unusable(description: "it is empty")
                }
                state = Mutex(State(keys: try await TokenKeys(keySet: content)))
            } catch {
                throw .tokenKeysUnusable(file: path, reason: "\(error)")
            }
        }
    }

    /// Reads the key set again if its file has changed; a set that cannot be used leaves the one before in force.
    ///
    /// - Returns: whether there are other keys now.
    public func reload() async throws(AccessError) -> Bool {
        guard let file else { return false }
        do {
            guard let content = try await file.changed() else { return false }
            let keys = try await TokenKeys(keySet: content)
            state.withLock { state in
                state.keys = keys
                // Whoever's key is gone is out at once.
                state.verified = [:]
                state.generation += 1
            }
            return true
        } catch {
            throw .tokenKeysUnusable(file: file.path, reason: "\(error)")
        }
    }

    /// Who a token that was verified before is; costs a hash and a look-up.
    func rememberedCaller(for token: String) -> Caller? {
        guard token.utf8.count <= Self.maximumTokenBytes else { return nil }
        let digest = SHA256.hash(data: Data(token.utf8))
        let now = seconds()
        return state.withLock { state in
            guard let verified = state.verified[digest] else { return nil }
            guard now < verified.until else {
                state.verified[digest] = nil
                return nil
            }
            return verified.caller
        }
    }

    /// Who a token is, verified from its signature on.
    func caller(for token: String) async -> Caller? {
        guard token.utf8.count <= Self.maximumTokenBytes else { return nil }
        let (keys, generation) = state.withLock { ($0.keys, $0.generation) }
        guard let claims = await keys.claims(of: token), let caller = Self.caller(claims) else { return nil }
        let now = seconds()
        let until = claims.exp + Self.clockSkewSeconds
        guard now < until, claims.nbf.map({ $0 - Self.clockSkewSeconds <= now }) ?? true else { return nil }
        let digest = SHA256.hash(data: Data(token.utf8))
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.verified.count >= Self.maximumRemembered { state.verified = [:] }
            state.verified[digest] = Verified(caller: caller, until: until)
        }
        return caller
    }

    private static func caller(_ claims: TokenClaims) -> Caller? {
        guard let tenant = Tenant(claims.tenant), let role = Role(rawValue: claims.role), claims.exp.isFinite,
            claims.sub.contains(where: { !$0.isWhitespace }), claims.sub.utf8.count <= maximumSubjectBytes
        else { return nil }
        return Caller(tenant: tenant, roles: role.including, subject: "sub:" + claims.sub)
    }

    private func seconds() -> Double { Double(time.now().milliseconds) / 1_000 }
}
