import COpenVINO
import Foundation

/// A model compiled for this CPU by OpenVINO, from which requests for inference are made.
///
/// Compiled afresh at each start (a third of a second). The runtime could keep the result on disk, but reads it
/// back unchecked: a damaged block of it gave other vectors without an error.
///
/// Sendable by the runtime's own guard: it allows any thread to make requests of a compiled model, and everything
/// here is set once in `init` and freed once in `deinit`.
final class CompiledModel: @unchecked Sendable {
    let functions: UnsafeMutablePointer<openvino_functions_t>
    let takesTokenTypes: Bool
    let handle: OpaquePointer
    private let core: OpaquePointer

    /// Loads, reads and compiles. Blocks for a third of a second.
    ///
    /// - Parameters:
    ///   - streams: inferences that run at a time.
    ///   - threads: threads that they share.
    init(location: ModelLocation, streams: Int, threads: Int) throws(EncoderError) {
        let functions = try Self.functions(ofLibrary: try location.runtimeLibrary())
        guard FileManager.default.isReadableFile(atPath: location.modelFile) else {
            functions.deallocate()
            throw .modelMissing(path: location.modelFile)
        }
        var core: OpaquePointer?
        guard functions.pointee.core_create(&core) == 0, let core else {
            defer { functions.deallocate() }
            throw .modelUnusable(path: location.runtimeFolder, reason: functions.lastError())
        }
        do throws(EncoderError) {
            (handle, takesTokenTypes) = try Self.compile(location, functions, core, streams: streams, threads: threads)
        } catch {
            functions.pointee.core_free(core)
            functions.deallocate()
            throw error
        }
        self.core = core
        self.functions = functions
        openvino_keep_loaded()
    }

    deinit {
        functions.pointee.compiled_model_free(handle)
        functions.pointee.core_free(core)
        functions.deallocate()
    }

    private static func functions(
        ofLibrary path: String
    ) throws(EncoderError) -> UnsafeMutablePointer<openvino_functions_t> {
        let functions = UnsafeMutablePointer<openvino_functions_t>.allocate(capacity: 1)
        var message = [CChar](repeating: 0, count: 512)
        guard openvino_load(path, functions, &message, message.count) == 0 else {
            functions.deallocate()
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .modelUnusable(path: path, reason: String(decoding: text, as: UTF8.self))
        }
        return functions
    }

    private static func compile(
        _ location: ModelLocation, _ functions: UnsafeMutablePointer<openvino_functions_t>, _ core: OpaquePointer,
        streams: Int, threads: Int
    ) throws(EncoderError) -> (handle: OpaquePointer, takesTokenTypes: Bool) {
        var compiled: OpaquePointer?
        let status = openvino_compile(
            functions, core, location.modelFile, String(threads), String(streams), &compiled)
        guard status == 0, let compiled else {
            throw .modelUnusable(path: location.modelFile, reason: functions.lastError())
        }
        var inputCount = 0
        _ = functions.pointee.compiled_model_inputs_size(compiled, &inputCount)
        let known = TensorName.allCases.filter { isInput($0, of: compiled, functions) }
        guard known.contains(.inputIDs), known.contains(.attentionMask), known.count == inputCount else {
            functions.pointee.compiled_model_free(compiled)
            throw .modelUnusable(
                path: location.modelFile,
                reason: "its inputs are not 64-bit input_ids, attention_mask and, if any, token_type_ids")
        }
        return (compiled, known.contains(.tokenTypeIDs))
    }

    private static func isInput(
        _ name: TensorName, of model: OpaquePointer, _ functions: UnsafeMutablePointer<openvino_functions_t>
    ) -> Bool {
        var port: OpaquePointer?
        guard functions.pointee.compiled_model_input_by_name(model, name.rawValue, &port) == 0, let port else {
            return false
        }
        defer { functions.pointee.port_free(port) }
        var type: Int32 = 0
        return functions.pointee.port_element_type(port, &type) == 0 && type == Int32(OPENVINO_I64)
    }
}

/// A sentence encoder's inputs by their names in the model.
enum TensorName: String, CaseIterable {
    case inputIDs = "input_ids"
    case attentionMask = "attention_mask"
    case tokenTypeIDs = "token_type_ids"
}

extension UnsafeMutablePointer<openvino_functions_t> {
    /// What the runtime says of the calling thread's last failure, on one line.
    func lastError() -> String {
        guard let text = pointee.last_error() else { return "the runtime gives no reason" }
        defer { pointee.free_text(text) }
        return String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
