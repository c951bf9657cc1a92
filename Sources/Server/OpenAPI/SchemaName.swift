/// The schemas that stand in the document under a name, for several operations or to be read apart.
enum SchemaName: String, CaseIterable, Sendable {
    case question = "Question"
    case answer = "Answer"
    case result = "Result"
    case routing = "Routing"
    case item = "Item"
    case itemRequest = "ItemRequest"
    case itemChange = "ItemChange"
    case itemStored = "ItemStored"
    case tier = "Tier"
    case lookups = "LookUps"
    case keptAnswer = "KeptAnswer"
    case sizeAdvice = "SizeAdvice"
    case health = "Health"
    case components = "Components"
    case partHealth = "PartHealth"
    case error = "Error"
    case validationError = "ValidationError"

    /// - Parameter bounds: those that an operator chooses.
    func schema(_ bounds: InterfaceBounds) -> JSONSchema {
        switch self {
        case .question: QuestionRequest.Fields.schema(bounds.maximumQueryCharacters)
        case .answer: QuestionSchemas.answer
        case .result: QuestionSchemas.result
        case .routing: QuestionSchemas.routing
        case .item: KnowledgeSchemas.item
        case .itemRequest: KnowledgeSchemas.itemRequest
        case .itemChange: KnowledgeSchemas.itemChange
        case .itemStored: KnowledgeSchemas.itemStored
        case .tier: TierSchemas.tier
        case .lookups: TierSchemas.lookups
        case .keptAnswer: TierSchemas.keptAnswer
        case .sizeAdvice: TierSchemas.sizeAdvice
        case .health: SystemSchemas.health
        case .components: SystemSchemas.components
        case .partHealth: SystemSchemas.partHealth
        case .error: ErrorReplies.error
        case .validationError: ErrorReplies.validationError
        }
    }
}
