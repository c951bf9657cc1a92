// Scanning sign codes on x86-64: AVX2 and AVX-512. CScan.h says what the codes are.
//
// Each 128-bit lane looks up one octet of dimensions of 16 vectors. Two octets a lane add up in bytes, which are then
// added as 16-bit words: `odd` gets the upper bytes, `even` all of both, of which the upper are taken away at the end.

#include "variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define SCAN_AVX2 __attribute__((target("avx2")))
#define SCAN_AVX512 __attribute__((target("avx512f,avx512bw")))

// Groups are read one after another: this far ahead covers memory's latency at its full speed.
enum { prefetch_distance = 8192 };

// MARK: AVX2

SCAN_AVX2 static inline __m256i look_up_avx2(const uint8_t *low, const uint8_t *high, const uint8_t *codes) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i signs = _mm256_loadu_si256((const __m256i *)codes);
    __m256i lower = _mm256_and_si256(signs, nibble);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(signs, 4), nibble);
    return _mm256_add_epi8(_mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)low), lower),
                           _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)high), upper));
}

SCAN_AVX2 static inline __m256 estimate_avx2(const scan_signs_query *query, __m128i sums, const float *scales,
                                             const uint8_t *clusters) {
    __m256 dot = _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(sums));
    dot = _mm256_add_ps(_mm256_mul_ps(dot, _mm256_set1_ps(query->step)), _mm256_set1_ps(query->offset));
    __m256i cluster = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)clusters));
    return _mm256_add_ps(_mm256_mul_ps(_mm256_loadu_ps(scales), dot), _mm256_i32gather_ps(query->bases, cluster, 4));
}

SCAN_AVX2 size_t scan_signs_avx2(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                                 const uint8_t *clusters, size_t count, float threshold, uint32_t *rows,
                                 float *estimates) {
    const uint8_t *low = query->tables, *high = low + 16 * query->octets;
    const __m256 least = _mm256_set1_ps(threshold);
    size_t found = 0;
    for (size_t first = 0; first < count; first += 16) {
        __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
        for (size_t o = 0; o < query->octets; o += 4, low += 64, high += 64, codes += 64) {
            _mm_prefetch((const char *)((uintptr_t)codes + prefetch_distance), _MM_HINT_T0);
            __m256i four = _mm256_add_epi8(look_up_avx2(low, high, codes),
                                           look_up_avx2(low + 32, high + 32, codes + 32));
            even = _mm256_add_epi16(even, four);
            odd = _mm256_add_epi16(odd, _mm256_srli_epi16(four, 8));
        }
        low = query->tables;
        high = low + 16 * query->octets;
        even = _mm256_sub_epi16(even, _mm256_slli_epi16(odd, 8));
        __m128i evens = _mm_add_epi16(_mm256_castsi256_si128(even), _mm256_extracti128_si256(even, 1));
        __m128i odds = _mm_add_epi16(_mm256_castsi256_si128(odd), _mm256_extracti128_si256(odd, 1));
        __m256 a = estimate_avx2(query, _mm_unpacklo_epi16(evens, odds), scales + first, clusters + first);
        __m256 b = estimate_avx2(query, _mm_unpackhi_epi16(evens, odds), scales + first + 8, clusters + first + 8);
        uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, least, _CMP_GE_OQ))
            | (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(b, least, _CMP_GE_OQ)) << 8;
        if (count - first < 16) mask &= (1u << (count - first)) - 1;
        if (!mask) continue;
        float both[16];
        _mm256_storeu_ps(both, a);
        _mm256_storeu_ps(both + 8, b);
        for (; mask; mask &= mask - 1) {
            uint32_t v = (uint32_t)__builtin_ctz(mask);
            rows[found] = (uint32_t)first + v;
            estimates[found++] = both[v];
        }
    }
    return found;
}

// MARK: AVX-512

SCAN_AVX512 static inline __m512i look_up_avx512(const uint8_t *low, const uint8_t *high, const uint8_t *codes) {
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i signs = _mm512_loadu_si512(codes);
    __m512i lower = _mm512_and_si512(signs, nibble);
    __m512i upper = _mm512_and_si512(_mm512_srli_epi16(signs, 4), nibble);
    return _mm512_add_epi8(_mm512_shuffle_epi8(_mm512_loadu_si512(low), lower),
                           _mm512_shuffle_epi8(_mm512_loadu_si512(high), upper));
}

SCAN_AVX512 static inline __m128i fold_avx512(__m512i words) {
    __m256i half = _mm256_add_epi16(_mm512_castsi512_si256(words), _mm512_extracti64x4_epi64(words, 1));
    return _mm_add_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

SCAN_AVX512 size_t scan_signs_avx512(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                                     const uint8_t *clusters, size_t count, float threshold, uint32_t *rows,
                                     float *estimates) {
    const uint8_t *low = query->tables, *high = low + 16 * query->octets;
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512 step = _mm512_set1_ps(query->step), offset = _mm512_set1_ps(query->offset);
    const __m512 least = _mm512_set1_ps(threshold);
    size_t found = 0;
    for (size_t first = 0; first < count; first += 16) {
        __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
        for (size_t o = 0; o < query->octets; o += 8, codes += 128) {
            _mm_prefetch((const char *)((uintptr_t)codes + prefetch_distance), _MM_HINT_T0);
            _mm_prefetch((const char *)((uintptr_t)codes + prefetch_distance + 64), _MM_HINT_T0);
            __m512i four = _mm512_add_epi8(look_up_avx512(low + 16 * o, high + 16 * o, codes),
                                           look_up_avx512(low + 16 * o + 64, high + 16 * o + 64, codes + 64));
            even = _mm512_add_epi16(even, four);
            odd = _mm512_add_epi16(odd, _mm512_srli_epi16(four, 8));
        }
        even = _mm512_sub_epi16(even, _mm512_slli_epi16(odd, 8));
        __m128i evens = fold_avx512(even), odds = fold_avx512(odd);
        __m256i sums = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_unpacklo_epi16(evens, odds)),
                                               _mm_unpackhi_epi16(evens, odds), 1);
        __m512 dot = _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(sums));
        dot = _mm512_add_ps(_mm512_mul_ps(dot, step), offset);
        __m512i cluster = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(clusters + first)));
        __m512 base = _mm512_i32gather_ps(cluster, query->bases, 4);
        __m512 estimate = _mm512_add_ps(_mm512_mul_ps(_mm512_loadu_ps(scales + first), dot), base);
        __mmask16 mask = _mm512_cmp_ps_mask(estimate, least, _CMP_GE_OQ);
        if (count - first < 16) mask &= (__mmask16)((1u << (count - first)) - 1);
        if (!mask) continue;
        // Compressed in a register, for compressing stores are slow on some CPUs; stored whole where there is room.
        const uint32_t hits = (uint32_t)__builtin_popcount(mask);
        const __mmask16 stored = count - first < 16 ? (__mmask16)((1u << hits) - 1) : (__mmask16)0xffff;
        __m512i numbers = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)first));
        _mm512_mask_storeu_epi32(rows + found, stored, _mm512_maskz_compress_epi32(mask, numbers));
        _mm512_mask_storeu_ps(estimates + found, stored, _mm512_maskz_compress_ps(mask, estimate));
        found += hits;
    }
    return found;
}

#endif
