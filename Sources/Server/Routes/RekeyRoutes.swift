import Access
import ColdTier
import HTTPTypes
import Hummingbird
import Knowledge
import Pipeline
import Sealing

/// `POST /admin/rekey`: reads the file of keys again and seals everything by its first one, in the background.
struct RekeyRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/admin/rekey", for: .operator, rekey)
    }

    @Sendable private func rekey(_ request: Request, _ context: CallContext) async throws -> Response {
        let isUnderWay = try await parts.keyChange.begin()
        let cold = parts.stack.cold
        if isUnderWay {
            try await parts.audit(
                context, .rekey, nil, [.init("key", cold.sealingKey?.description ?? ""), .init("result", "begun")])
        }
        return .json(isUnderWay ? .accepted : .ok) { json in
            if let key = cold.sealingKey { json.member("key", key.description) }
            json.member("under_way", isUnderWay)
            if let progress = cold.textRecoding { progress.write(to: &json, "recoding") }
        }
    }
}
