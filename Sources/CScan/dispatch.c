// Choosing kernels by what the CPU says it can do.

#include "variants.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
// Bits of AT_HWCAP as Linux defines them (arch/arm64/include/uapi/asm/hwcap.h).
#define SCAN_HWCAP_CRC32 (1UL << 7)
#define SCAN_HWCAP_DOTPROD (1UL << 20)
#endif

static scan_kernels scalar_kernels(void) {
    scan_kernels kernels = {scan_isa_scalar,   scan_dot_i8_scalar, scan_dot_i8_rows_scalar, scan_dot_f32_rows_scalar,
                            scan_signs_scalar, scan_crc32c_scalar};
    return kernels;
}

#if defined(__x86_64__)

static int cpu_has(scan_isa isa) {
    __builtin_cpu_init();
    switch (isa) {
    case scan_isa_scalar:
        return 1;
    case scan_isa_avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("sse4.2");
    case scan_isa_avx512_vnni:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("sse4.2");
    default:
        return 0;
    }
}

static scan_kernels kernels_for(scan_isa isa) {
    scan_kernels kernels = scalar_kernels();
    kernels.isa = isa;
    if (isa == scan_isa_scalar) return kernels;
    kernels.crc32c = scan_crc32c_sse42;
    kernels.dot_i8 = isa == scan_isa_avx2 ? scan_dot_i8_avx2 : scan_dot_i8_avx512_vnni;
    kernels.dot_i8_rows = isa == scan_isa_avx2 ? scan_dot_i8_rows_avx2 : scan_dot_i8_rows_avx512_vnni;
    kernels.dot_f32_rows = isa == scan_isa_avx2 ? scan_dot_f32_rows_avx2 : scan_dot_f32_rows_avx512;
    // The first CPUs with AVX-512 look up no 64 entries at once.
    const int has_lookup = isa != scan_isa_avx2 && __builtin_cpu_supports("avx512vbmi");
    kernels.signs = has_lookup ? scan_signs_avx512 : scan_signs_avx2;
    return kernels;
}

#elif defined(__aarch64__)

static int cpu_has(scan_isa isa) {
    switch (isa) {
    case scan_isa_scalar:
    case scan_isa_neon:
        return 1;
    case scan_isa_neon_dotprod:
#if defined(__linux__)
        return (getauxval(AT_HWCAP) & SCAN_HWCAP_DOTPROD) != 0 && (getauxval(AT_HWCAP) & SCAN_HWCAP_CRC32) != 0;
#elif defined(__APPLE__)
        return 1;
#else
        return 0;
#endif
    default:
        return 0;
    }
}

static scan_kernels kernels_for(scan_isa isa) {
    scan_kernels kernels = scalar_kernels();
    kernels.isa = isa;
    if (isa == scan_isa_scalar) return kernels;
    kernels.dot_i8 = scan_dot_i8_neon;
    kernels.dot_i8_rows = scan_dot_i8_rows_neon;
    kernels.dot_f32_rows = scan_dot_f32_rows_neon;
    kernels.signs = scan_signs_neon;
    if (isa == scan_isa_neon) return kernels;
    kernels.dot_i8 = scan_dot_i8_neon_dotprod;
    kernels.dot_i8_rows = scan_dot_i8_rows_neon_dotprod;
    kernels.crc32c = scan_crc32c_arm;
    return kernels;
}

#else

static int cpu_has(scan_isa isa) { return isa == scan_isa_scalar; }

static scan_kernels kernels_for(scan_isa isa) {
    (void)isa;
    return scalar_kernels();
}

#endif

int scan_kernels_for(scan_isa isa, scan_kernels *kernels) {
    if (!cpu_has(isa)) return 0;
    *kernels = kernels_for(isa);
    return 1;
}

scan_kernels scan_kernels_best(void) {
    static const scan_isa fastest_first[] = {scan_isa_avx512_vnni, scan_isa_avx2, scan_isa_neon_dotprod, scan_isa_neon};
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        if (cpu_has(fastest_first[i])) return kernels_for(fastest_first[i]);
    }
    return scalar_kernels();
}
