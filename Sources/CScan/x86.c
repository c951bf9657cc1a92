// Kernels for x86-64: AVX2 and AVX-512 with VNNI.

#include "variants.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define SCAN_AVX2 __attribute__((target("avx2")))
#define SCAN_AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni")))

// MARK: int8, AVX2

// Bytes are widened to 16 bits: multiplying unsigned by signed bytes (vpmaddubsw) saturates.
SCAN_AVX2 static inline __m256i multiply_add_16(__m256i sum, const int8_t *a, const int8_t *b) {
    __m256i wide_a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)a));
    __m256i wide_b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)b));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(wide_a, wide_b));
}

SCAN_AVX2 static inline int32_t sum_i32_avx2(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}

SCAN_AVX2 void scan_dot_i8_avx2(const int8_t *query, const int8_t *rows, size_t dimension, size_t row_stride,
                                size_t count, int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows + i * row_stride;
        __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
        size_t j = 0;
        for (; j + 32 <= dimension; j += 32) {
            even = multiply_add_16(even, query + j, row + j);
            odd = multiply_add_16(odd, query + j + 16, row + j + 16);
        }
        if (j + 16 <= dimension) {
            even = multiply_add_16(even, query + j, row + j);
            j += 16;
        }
        int32_t sum = sum_i32_avx2(_mm256_add_epi32(even, odd));
        for (; j < dimension; j++) sum += (int32_t)query[j] * row[j];
        out[i] = sum;
    }
}

void scan_dot_i8_rows_avx2(const int8_t *query, const int8_t *const *rows, size_t dimension, size_t count,
                           int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        scan_prefetch_row(rows, i, dimension, count);
        scan_dot_i8_avx2(query, rows[i], dimension, 0, 1, out + i);
    }
}

// MARK: int8, AVX-512 VNNI

// vpdpbusd multiplies unsigned by signed bytes. Flipping the top bit of a row's byte adds 128 to it, so
// row · query = (row + 128) · query − 128 · Σ query, and the correction is one number a query.
SCAN_AVX512 void scan_dot_i8_avx512_vnni(const int8_t *query, const int8_t *rows, size_t dimension, size_t row_stride,
                                         size_t count, int32_t *out) {
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const size_t whole = dimension & ~(size_t)63;
    const __mmask64 tail = dimension == whole ? 0 : ~(__mmask64)0 >> (64 - (dimension - whole));
    // Masked bytes of the query are zero, so what the flip makes of a masked byte of the row counts for nothing.
    const __m512i query_tail = _mm512_maskz_loadu_epi8(tail, query + whole);
    int32_t query_sum = 0;
    for (size_t j = 0; j < dimension; j++) query_sum += query[j];
    const int32_t correction = 128 * query_sum;

    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows + i * row_stride;
        __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
        size_t j = 0;
        for (; j + 128 <= dimension; j += 128) {
            even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(_mm512_loadu_si512(row + j), flip),
                                       _mm512_loadu_si512(query + j));
            odd = _mm512_dpbusd_epi32(odd, _mm512_xor_si512(_mm512_loadu_si512(row + j + 64), flip),
                                      _mm512_loadu_si512(query + j + 64));
        }
        if (j < whole) {
            even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(_mm512_loadu_si512(row + j), flip),
                                       _mm512_loadu_si512(query + j));
        }
        if (tail) {
            odd = _mm512_dpbusd_epi32(odd, _mm512_xor_si512(_mm512_maskz_loadu_epi8(tail, row + whole), flip),
                                      query_tail);
        }
        out[i] = _mm512_reduce_add_epi32(_mm512_add_epi32(even, odd)) - correction;
    }
}

SCAN_AVX512 void scan_dot_i8_rows_avx512_vnni(const int8_t *query, const int8_t *const *rows, size_t dimension,
                                              size_t count, int32_t *out) {
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const size_t whole = dimension & ~(size_t)63;
    const __mmask64 tail = dimension == whole ? 0 : ~(__mmask64)0 >> (64 - (dimension - whole));
    const __m512i query_tail = _mm512_maskz_loadu_epi8(tail, query + whole);
    int32_t query_sum = 0;
    for (size_t j = 0; j < dimension; j++) query_sum += query[j];
    const int32_t correction = 128 * query_sum;

    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows[i];
        scan_prefetch_row(rows, i, dimension, count);
        __m512i sum = _mm512_setzero_si512();
        for (size_t j = 0; j < whole; j += 64) {
            sum = _mm512_dpbusd_epi32(sum, _mm512_xor_si512(_mm512_loadu_si512(row + j), flip),
                                      _mm512_loadu_si512(query + j));
        }
        if (tail) {
            sum = _mm512_dpbusd_epi32(sum, _mm512_xor_si512(_mm512_maskz_loadu_epi8(tail, row + whole), flip),
                                      query_tail);
        }
        out[i] = _mm512_reduce_add_epi32(sum) - correction;
    }
}

// MARK: f32, AVX2

SCAN_AVX2 static inline float fold_avx2(__m256 low, __m256 high) {
    __m256 eight = _mm256_add_ps(low, high);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// The tail is copied into zeroed lanes: lanes start at +0 and never become −0, so adding +0 changes no bit.
SCAN_AVX2 void scan_dot_f32_rows_avx2(const float *query, const float *base, size_t dimension, size_t row_stride,
                                      const uint32_t *row_numbers, size_t count, float *out) {
    const size_t whole = dimension & ~(size_t)15;
    float query_tail[16] = {0};
    memcpy(query_tail, query + whole, (dimension - whole) * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        const float *row = base + row_numbers[i] * row_stride;
        __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
        for (size_t j = 0; j < whole; j += 16) {
            low = _mm256_add_ps(low, _mm256_mul_ps(_mm256_loadu_ps(query + j), _mm256_loadu_ps(row + j)));
            high = _mm256_add_ps(high, _mm256_mul_ps(_mm256_loadu_ps(query + j + 8), _mm256_loadu_ps(row + j + 8)));
        }
        if (whole < dimension) {
            float row_tail[16] = {0};
            memcpy(row_tail, row + whole, (dimension - whole) * sizeof(float));
            low = _mm256_add_ps(low, _mm256_mul_ps(_mm256_loadu_ps(query_tail), _mm256_loadu_ps(row_tail)));
            high = _mm256_add_ps(high, _mm256_mul_ps(_mm256_loadu_ps(query_tail + 8), _mm256_loadu_ps(row_tail + 8)));
        }
        out[i] = fold_avx2(low, high);
    }
}

// MARK: f32, AVX-512

SCAN_AVX512 static inline float fold_avx512(__m512 lanes) {
    __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(lanes), 1));
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes), high);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// One row is one chain of additions; four rows at a time hide their latency.
SCAN_AVX512 void scan_dot_f32_rows_avx512(const float *query, const float *base, size_t dimension, size_t row_stride,
                                          const uint32_t *row_numbers, size_t count, float *out) {
    const size_t whole = dimension & ~(size_t)15;
    const __mmask16 tail = (__mmask16)((1u << (dimension - whole)) - 1);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const float *a = base + row_numbers[i] * row_stride, *b = base + row_numbers[i + 1] * row_stride;
        const float *c = base + row_numbers[i + 2] * row_stride, *d = base + row_numbers[i + 3] * row_stride;
        __m512 sum_a = _mm512_setzero_ps(), sum_b = sum_a, sum_c = sum_a, sum_d = sum_a;
        for (size_t j = 0; j < whole; j += 16) {
            __m512 q = _mm512_loadu_ps(query + j);
            sum_a = _mm512_add_ps(sum_a, _mm512_mul_ps(q, _mm512_loadu_ps(a + j)));
            sum_b = _mm512_add_ps(sum_b, _mm512_mul_ps(q, _mm512_loadu_ps(b + j)));
            sum_c = _mm512_add_ps(sum_c, _mm512_mul_ps(q, _mm512_loadu_ps(c + j)));
            sum_d = _mm512_add_ps(sum_d, _mm512_mul_ps(q, _mm512_loadu_ps(d + j)));
        }
        if (tail) {
            __m512 q = _mm512_maskz_loadu_ps(tail, query + whole);
            sum_a = _mm512_add_ps(sum_a, _mm512_mul_ps(q, _mm512_maskz_loadu_ps(tail, a + whole)));
            sum_b = _mm512_add_ps(sum_b, _mm512_mul_ps(q, _mm512_maskz_loadu_ps(tail, b + whole)));
            sum_c = _mm512_add_ps(sum_c, _mm512_mul_ps(q, _mm512_maskz_loadu_ps(tail, c + whole)));
            sum_d = _mm512_add_ps(sum_d, _mm512_mul_ps(q, _mm512_maskz_loadu_ps(tail, d + whole)));
        }
        out[i] = fold_avx512(sum_a);
        out[i + 1] = fold_avx512(sum_b);
        out[i + 2] = fold_avx512(sum_c);
        out[i + 3] = fold_avx512(sum_d);
    }
    for (; i < count; i++) {
        const float *row = base + row_numbers[i] * row_stride;
        __m512 sum = _mm512_setzero_ps();
        for (size_t j = 0; j < whole; j += 16) {
            sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_loadu_ps(query + j), _mm512_loadu_ps(row + j)));
        }
        if (tail) {
            sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_maskz_loadu_ps(tail, query + whole),
                                                   _mm512_maskz_loadu_ps(tail, row + whole)));
        }
        out[i] = fold_avx512(sum);
    }
}

// MARK: CRC-32C

__attribute__((target("sse4.2"))) uint32_t scan_crc32c_sse42(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t state = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        state = _mm_crc32_u64(state, word);
    }
    uint32_t narrow = (uint32_t)state;
    for (; count > 0; bytes++, count--) narrow = _mm_crc32_u8(narrow, *bytes);
    return ~narrow;
}

#endif
