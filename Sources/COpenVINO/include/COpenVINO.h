/// OpenVINO's C interface, bound at run time with dlopen so that the build needs neither its headers nor its
/// libraries. Follows the interface of 2026.4.
///
/// Declared are only the types and functions that encoding a text takes. Handles are opaque. Every function that
/// returns `int32_t` returns a status, 0 for success. No global state: the functions are in the caller's table.

#ifndef THERMOCLINE_COPENVINO_H
#define THERMOCLINE_COPENVINO_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct ov_core ov_core_t;
typedef struct ov_compiled_model ov_compiled_model_t;
typedef struct ov_infer_request ov_infer_request_t;
typedef struct ov_tensor ov_tensor_t;
typedef struct ov_output_const_port ov_output_const_port_t;

/// A tensor's extents, outermost first. `dims` belongs to whoever made the shape.
typedef struct {
    int64_t rank;
    int64_t *_Nullable dims;
} ov_shape_t;

/// Element types by the interface's numbers: those that sentence encoders use.
enum {
    OPENVINO_F32 = 4,
    OPENVINO_I64 = 10,
};

/// The functions of one loaded library. Valid for the life of the process: the library is never unloaded,
/// because its thread pool may still be running in it.
typedef struct {
    /// Text of the calling thread's last error; free it with `free_text`.
    const char *_Nullable (*_Nonnull last_error)(void);
    void (*_Nonnull free_text)(const char *_Nullable);

    int32_t (*_Nonnull core_create)(ov_core_t *_Nullable *_Nonnull core);
    void (*_Nonnull core_free)(ov_core_t *_Nullable core);
    /// Variadic: call it through `openvino_compile`.
    int32_t (*_Nonnull compile_model_from_file)(
        const ov_core_t *core, const char *model_path, const char *device, size_t property_argument_count,
        ov_compiled_model_t *_Nullable *_Nonnull model, ...);

    void (*_Nonnull compiled_model_free)(ov_compiled_model_t *_Nullable model);
    int32_t (*_Nonnull compiled_model_inputs_size)(const ov_compiled_model_t *model, size_t *size);
    int32_t (*_Nonnull compiled_model_input_by_name)(
        const ov_compiled_model_t *model, const char *name, ov_output_const_port_t *_Nullable *_Nonnull port);
    int32_t (*_Nonnull port_element_type)(const ov_output_const_port_t *port, int32_t *type);
    void (*_Nonnull port_free)(ov_output_const_port_t *_Nullable port);

    int32_t (*_Nonnull create_infer_request)(
        const ov_compiled_model_t *model, ov_infer_request_t *_Nullable *_Nonnull request);
    int32_t (*_Nonnull set_tensor)(ov_infer_request_t *request, const char *name, const ov_tensor_t *tensor);
    int32_t (*_Nonnull infer)(ov_infer_request_t *request);
    int32_t (*_Nonnull output_tensor)(
        const ov_infer_request_t *request, size_t index, ov_tensor_t *_Nullable *_Nonnull tensor);
    void (*_Nonnull infer_request_free)(ov_infer_request_t *_Nullable request);

    /// A tensor over memory that the caller keeps alive for as long as a request holds the tensor.
    int32_t (*_Nonnull tensor_over)(
        int32_t type, ov_shape_t shape, void *memory, ov_tensor_t *_Nullable *_Nonnull tensor);
    int32_t (*_Nonnull tensor_shape)(const ov_tensor_t *tensor, ov_shape_t *shape);
    int32_t (*_Nonnull tensor_element_type)(const ov_tensor_t *tensor, int32_t *type);
    int32_t (*_Nonnull tensor_data)(const ov_tensor_t *tensor, void *_Nullable *_Nonnull data);
    void (*_Nonnull tensor_free)(ov_tensor_t *_Nullable tensor);
    int32_t (*_Nonnull shape_free)(ov_shape_t *shape);
} openvino_functions_t;

/// Fills `functions` from the library at `path` (libopenvino_c; it finds its siblings in its own folder).
/// Returns 0, or -1 with a text of at most `capacity` bytes in `error`; then `functions` must not be used.
int openvino_load(const char *path, openvino_functions_t *functions, char *error, size_t capacity);

/// Holds the runtime's libraries that are loaded now for the life of the process: it unloads its plugins with the last
/// core, while threads that have been in them still end through them.
void openvino_keep_loaded(void);

/// Reads and compiles a model file for the CPU. `streams` inferences run at a time, on `threads` threads in all.
int32_t openvino_compile(
    const openvino_functions_t *functions, const ov_core_t *core, const char *model_path, const char *threads,
    const char *streams, ov_compiled_model_t *_Nullable *_Nonnull model);

#pragma clang assume_nonnull end

#endif
