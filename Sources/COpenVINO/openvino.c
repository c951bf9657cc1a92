#define _GNU_SOURCE
#include "COpenVINO.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// One symbol and where its address goes.
struct binding {
    const char *symbol;
    size_t offset;
};

#define BIND(field, symbol) { symbol, offsetof(openvino_functions_t, field) }

static const struct binding bindings[] = {
    BIND(last_error, "ov_get_last_err_msg"),
    BIND(free_text, "ov_free"),
    BIND(core_create, "ov_core_create"),
    BIND(core_free, "ov_core_free"),
    BIND(compile_model_from_file, "ov_core_compile_model_from_file"),
    BIND(compiled_model_free, "ov_compiled_model_free"),
    BIND(compiled_model_inputs_size, "ov_compiled_model_inputs_size"),
    BIND(compiled_model_input_by_name, "ov_compiled_model_input_by_name"),
    BIND(port_element_type, "ov_port_get_element_type"),
    BIND(port_free, "ov_output_const_port_free"),
    BIND(create_infer_request, "ov_compiled_model_create_infer_request"),
    BIND(set_tensor, "ov_infer_request_set_tensor"),
    BIND(infer, "ov_infer_request_infer"),
    BIND(output_tensor, "ov_infer_request_get_output_tensor_by_index"),
    BIND(infer_request_free, "ov_infer_request_free"),
    BIND(tensor_over, "ov_tensor_create_from_host_ptr"),
    BIND(tensor_shape, "ov_tensor_get_shape"),
    BIND(tensor_element_type, "ov_tensor_get_element_type"),
    BIND(tensor_data, "ov_tensor_data"),
    BIND(tensor_free, "ov_tensor_free"),
    BIND(shape_free, "ov_shape_free"),
};

int openvino_load(const char *path, openvino_functions_t *functions, char *error, size_t capacity)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        snprintf(error, capacity, "%s", reason == NULL ? "dlopen failed" : reason);
        return -1;
    }
    for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++) {
        void *address = dlsym(library, bindings[i].symbol);
        if (address == NULL) {
            snprintf(error, capacity, "%s has no %s", path, bindings[i].symbol);
            return -1;
        }
        // POSIX lets an object pointer hold a function's address; ISO C has no cast for it.
        memcpy((char *)functions + bindings[i].offset, &address, sizeof address);
    }
    return 0;
}

/// The runtime's libraries, as the loader names them.
struct loaded_libraries {
    // The runtime has five; the rest would stay as unloadable as they are.
    char *paths[16];
    size_t count;
};

static int note_library(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct loaded_libraries *libraries = context;
    if (libraries->count == sizeof libraries->paths / sizeof libraries->paths[0]) return 1;
    const char *name = info->dlpi_name;
    if (name == NULL || (strstr(name, "libopenvino") == NULL && strstr(name, "libtbb") == NULL)) return 0;
    char *path = strdup(name);
    if (path != NULL) libraries->paths[libraries->count++] = path;
    return 0;
}

void openvino_keep_loaded(void)
{
    struct loaded_libraries libraries = { .count = 0 };
    // Opened after the walk, which holds the loader's lock.
    dl_iterate_phdr(note_library, &libraries);
    for (size_t i = 0; i < libraries.count; i++) {
        dlopen(libraries.paths[i], RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
        free(libraries.paths[i]);
    }
}

int32_t openvino_compile(
    const openvino_functions_t *functions, const ov_core_t *core, const char *model_path, const char *threads,
    const char *streams, ov_compiled_model_t **model)
{
    // Names and values are each an argument. Precision: bf16, the default on some CPUs, would move scores.
    // The group size of dynamic quantisation is the runtime's default, held so that a newer one cannot move them.
    return functions->compile_model_from_file(
        core, model_path, "CPU", (size_t)8, model,
        "INFERENCE_NUM_THREADS", threads,
        "NUM_STREAMS", streams,
        "INFERENCE_PRECISION_HINT", "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE", "32");
}
