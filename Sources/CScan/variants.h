#ifndef CSCAN_VARIANTS_H
#define CSCAN_VARIANTS_H

// The variants of each kernel; see CScan.h for what they compute.

#include "CScan.h"

void scan_dot_i8_scalar(const int8_t *, const int8_t *, size_t, size_t, size_t, int32_t *);
void scan_dot_i8_rows_scalar(const int8_t *, const int8_t *const *, size_t, size_t, int32_t *);
void scan_dot_f32_rows_scalar(const float *, const float *, size_t, size_t, const uint32_t *, size_t, float *);
size_t scan_signs_scalar(const scan_signs_query *, const uint8_t *, const float *, const uint8_t *, size_t, float,
                         uint32_t *, float *);
uint32_t scan_crc32c_scalar(uint32_t, const uint8_t *, size_t);

// Rows ahead of the one in work that memory is asked for, where rows stand anywhere.
enum { scan_rows_ahead = 8 };

static inline void scan_prefetch_row(const int8_t *const *rows, size_t i, size_t dimension, size_t count) {
    if (i + scan_rows_ahead < count) scan_prefetch(rows[i + scan_rows_ahead], dimension);
}

#if defined(__x86_64__)
void scan_dot_i8_avx2(const int8_t *, const int8_t *, size_t, size_t, size_t, int32_t *);
void scan_dot_i8_avx512_vnni(const int8_t *, const int8_t *, size_t, size_t, size_t, int32_t *);
void scan_dot_i8_rows_avx2(const int8_t *, const int8_t *const *, size_t, size_t, int32_t *);
void scan_dot_i8_rows_avx512_vnni(const int8_t *, const int8_t *const *, size_t, size_t, int32_t *);
void scan_dot_f32_rows_avx2(const float *, const float *, size_t, size_t, const uint32_t *, size_t, float *);
void scan_dot_f32_rows_avx512(const float *, const float *, size_t, size_t, const uint32_t *, size_t, float *);
size_t scan_signs_avx2(const scan_signs_query *, const uint8_t *, const float *, const uint8_t *, size_t, float,
                       uint32_t *, float *);
size_t scan_signs_avx512(const scan_signs_query *, const uint8_t *, const float *, const uint8_t *, size_t, float,
                         uint32_t *, float *);
uint32_t scan_crc32c_sse42(uint32_t, const uint8_t *, size_t);
#elif defined(__aarch64__)
void scan_dot_i8_neon(const int8_t *, const int8_t *, size_t, size_t, size_t, int32_t *);
void scan_dot_i8_neon_dotprod(const int8_t *, const int8_t *, size_t, size_t, size_t, int32_t *);
void scan_dot_i8_rows_neon(const int8_t *, const int8_t *const *, size_t, size_t, int32_t *);
void scan_dot_i8_rows_neon_dotprod(const int8_t *, const int8_t *const *, size_t, size_t, int32_t *);
void scan_dot_f32_rows_neon(const float *, const float *, size_t, size_t, const uint32_t *, size_t, float *);
size_t scan_signs_neon(const scan_signs_query *, const uint8_t *, const float *, const uint8_t *, size_t, float,
                       uint32_t *, float *);
uint32_t scan_crc32c_arm(uint32_t, const uint8_t *, size_t);
#endif

#endif
