// Scanning sign codes on x86-64: AVX2 and AVX-512 with VBMI. CScan.h says what the codes are.
//
// Sums of entries grow in bytes first, each of which belongs to a vector, and are then added as 16-bit words: `odd` gets
// the upper bytes, `even` all of both, of which the upper are taken away at the end.

#include "variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define SCAN_AVX2 __attribute__((target("avx2")))
#define SCAN_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))

// As with int8 codes nothing is asked for ahead: the CPU sees by itself that codes are read in order. Asking 8 KiB ahead for
// what comes from memory halved the speed, for lines on their way to the first cache have few places.

// MARK: AVX2

SCAN_AVX2 static inline __m256i table_avx2(const uint8_t *entries) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)entries));
}

// One octet of 32 vectors, at most 126.
SCAN_AVX2 static inline __m256i look_up_avx2(__m256i low, __m256i high, const uint8_t *codes) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i signs = _mm256_loadu_si256((const __m256i *)codes);
    __m256i lower = _mm256_and_si256(signs, nibble);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(signs, 4), nibble);
    return _mm256_add_epi8(_mm256_shuffle_epi8(low, lower), _mm256_shuffle_epi8(high, upper));
}

// The sums of the half group that begins at `codes`: eight vectors of each sixteen, at `sums`, `sums + 16` and so on.
SCAN_AVX2 static inline void sum_avx2(const scan_signs_query *query, const uint8_t *codes, uint32_t *sums) {
    const uint8_t *low = query->fours, *high = low + 16 * query->octets;
    __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
    for (size_t o = 0; o < query->octets; o++, low += 16, high += 16, codes += SCAN_SIGNS_GROUP) {
        __m256i bytes = look_up_avx2(table_avx2(low), table_avx2(high), codes);
        if (o + 1 < query->octets) {
            o++, low += 16, high += 16, codes += SCAN_SIGNS_GROUP;
            bytes = _mm256_add_epi8(bytes, look_up_avx2(table_avx2(low), table_avx2(high), codes));
        }
        even = _mm256_add_epi16(even, bytes);
        odd = _mm256_add_epi16(odd, _mm256_srli_epi16(bytes, 8));
    }
    even = _mm256_sub_epi16(even, _mm256_slli_epi16(odd, 8));
    const __m256i word = _mm256_set1_epi32(0xffff);
    _mm256_storeu_si256((__m256i *)sums, _mm256_and_si256(even, word));
    _mm256_storeu_si256((__m256i *)(sums + 16), _mm256_srli_epi32(even, 16));
    _mm256_storeu_si256((__m256i *)(sums + 32), _mm256_and_si256(odd, word));
    _mm256_storeu_si256((__m256i *)(sums + 48), _mm256_srli_epi32(odd, 16));
}

SCAN_AVX2 static inline __m256 estimate_avx2(const scan_signs_query *query, const uint32_t *sums, const float *scales,
                                             __m256i cluster) {
    __m256 dot = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)sums));
    dot = _mm256_add_ps(_mm256_mul_ps(dot, _mm256_set1_ps(query->step)), _mm256_set1_ps(query->offset));
    return _mm256_add_ps(_mm256_mul_ps(_mm256_loadu_ps(scales), dot), _mm256_i32gather_ps(query->bases, cluster, 4));
}

SCAN_AVX2 size_t scan_signs_avx2(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                                 const uint8_t *clusters, size_t count, float threshold, uint32_t *rows,
                                 float *estimates) {
    const __m256 least = _mm256_set1_ps(threshold);
    size_t found = 0;
    for (size_t first = 0; first < count; first += SCAN_SIGNS_GROUP, codes += SCAN_SIGNS_GROUP * query->octets) {
        uint32_t sums[SCAN_SIGNS_GROUP];
        sum_avx2(query, codes, sums);
        sum_avx2(query, codes + 32, sums + 8);
        for (size_t eight = 0; eight < SCAN_SIGNS_GROUP && first + eight < count; eight += 8) {
            // Four vectors' clusters to a double word: see `scan_signs_place`.
            const size_t half = eight / 8 % 2 * 32, byte = scan_signs_place(eight) % 4;
            __m256i four = _mm256_loadu_si256((const __m256i *)(clusters + first + half));
            __m256i cluster = _mm256_and_si256(_mm256_srl_epi32(four, _mm_cvtsi32_si128((int)(8 * byte))),
                                               _mm256_set1_epi32(255));
            __m256 estimate = estimate_avx2(query, sums + eight, scales + first + eight, cluster);
            uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(estimate, least, _CMP_GE_OQ));
            if (count - first - eight < 8) mask &= (1u << (count - first - eight)) - 1;
            if (!mask) continue;
            float all[8];
            _mm256_storeu_ps(all, estimate);
            for (; mask; mask &= mask - 1) {
                uint32_t v = (uint32_t)__builtin_ctz(mask);
                rows[found] = (uint32_t)(first + eight) + v;
                estimates[found++] = all[v];
            }
        }
    }
    return found;
}

// MARK: AVX-512

// Bits of `a` where `mask` has ones, of `b` elsewhere.
SCAN_AVX512 static inline __m512i select_avx512(__m512i mask, __m512i a, __m512i b) {
    return _mm512_ternarylogic_epi64(mask, a, b, 0xca);
}

// Three octets of 64 vectors, at most 252. A lookup takes the lower six bits of a byte and leaves the others alone; what is
// left of the three octets makes a fourth.
SCAN_AVX512 static inline __m512i look_up_avx512(const uint8_t *tables, const uint8_t *codes) {
    __m512i a = _mm512_loadu_si512(codes), b = _mm512_loadu_si512(codes + 64), c = _mm512_loadu_si512(codes + 128);
    __m512i rest = select_avx512(_mm512_set1_epi8(3), _mm512_srli_epi16(a, 6), _mm512_srli_epi16(b, 4));
    rest = select_avx512(_mm512_set1_epi8(15), rest, _mm512_srli_epi16(c, 2));
    a = _mm512_permutexvar_epi8(a, _mm512_loadu_si512(tables));
    b = _mm512_permutexvar_epi8(b, _mm512_loadu_si512(tables + 64));
    c = _mm512_permutexvar_epi8(c, _mm512_loadu_si512(tables + 128));
    rest = _mm512_permutexvar_epi8(rest, _mm512_loadu_si512(tables + 192));
    return _mm512_add_epi8(_mm512_add_epi8(a, b), _mm512_add_epi8(c, rest));
}

// Of 64 clusters, a byte of each one's base.
SCAN_AVX512 static inline __m512i base_bytes_avx512(const __m512i table[4], __m512i clusters) {
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(clusters),
                                  _mm512_permutex2var_epi8(table[0], clusters, table[1]),
                                  _mm512_permutex2var_epi8(table[2], clusters, table[3]));
}

SCAN_AVX512 static inline __m512 estimate_avx512(const scan_signs_query *query, __m512i sums, __m512i bases,
                                                 const float *scales) {
    __m512 dot = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_set1_ps(query->step));
    dot = _mm512_add_ps(dot, _mm512_set1_ps(query->offset));
    __m512 base = _mm512_mul_ps(_mm512_cvtepi32_ps(bases), _mm512_set1_ps(query->base_step));
    base = _mm512_add_ps(base, _mm512_set1_ps(query->base_offset));
    return _mm512_add_ps(_mm512_mul_ps(_mm512_loadu_ps(scales), dot), base);
}

SCAN_AVX512 size_t scan_signs_avx512(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                                     const uint8_t *clusters, size_t count, float threshold, uint32_t *rows,
                                     float *estimates) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i word = _mm512_set1_epi32(0xffff), low_byte = _mm512_set1_epi16(0xff);
    const __m512 least = _mm512_set1_ps(threshold);
    __m512i low[4], high[4];
    for (size_t quarter = 0; quarter < 4; quarter++) {
        low[quarter] = _mm512_loadu_si512(query->base_bytes + 64 * quarter);
        high[quarter] = _mm512_loadu_si512(query->base_bytes + 256 + 64 * quarter);
    }
    size_t found = 0;
    for (size_t first = 0; first < count; first += SCAN_SIGNS_GROUP) {
        __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
        const uint8_t *tables = query->sixes;
        for (size_t o = 0; o < query->octets; o += 3, codes += 192, tables += 256) {
            __m512i bytes = look_up_avx512(tables, codes);
            even = _mm512_add_epi16(even, bytes);
            odd = _mm512_add_epi16(odd, _mm512_srli_epi16(bytes, 8));
        }
        even = _mm512_sub_epi16(even, _mm512_slli_epi16(odd, 8));
        __m512i cluster = _mm512_loadu_si512(clusters + first);
        __m512i lower = base_bytes_avx512(low, cluster), upper = base_bytes_avx512(high, cluster);
        __m512i base_even = select_avx512(low_byte, lower, _mm512_slli_epi16(upper, 8));
        __m512i base_odd = select_avx512(low_byte, _mm512_srli_epi16(lower, 8), upper);
        const float *scale = scales + first;
        const __m512 estimate[4] = {
            estimate_avx512(query, _mm512_and_si512(even, word), _mm512_and_si512(base_even, word), scale),
            estimate_avx512(query, _mm512_srli_epi32(even, 16), _mm512_srli_epi32(base_even, 16), scale + 16),
            estimate_avx512(query, _mm512_and_si512(odd, word), _mm512_and_si512(base_odd, word), scale + 32),
            estimate_avx512(query, _mm512_srli_epi32(odd, 16), _mm512_srli_epi32(base_odd, 16), scale + 48),
        };
        uint64_t masks = 0;
        for (size_t sixteen = 0; sixteen < 4; sixteen++) {
            masks |= (uint64_t)_mm512_cmp_ps_mask(estimate[sixteen], least, _CMP_GE_OQ) << (16 * sixteen);
        }
        if (count - first < SCAN_SIGNS_GROUP) masks &= ((uint64_t)1 << (count - first)) - 1;
        if (!masks) continue;
        for (size_t sixteen = 0; sixteen < 4; sixteen++, masks >>= 16) {
            const __mmask16 mask = (__mmask16)masks;
            if (!mask) continue;
            const size_t start = first + 16 * sixteen;
            // Compressed in a register, for compressing stores are slow on some CPUs; stored whole where there is room.
            const uint32_t hits = (uint32_t)__builtin_popcount(mask);
            const __mmask16 stored = count - start < 16 ? (__mmask16)((1u << hits) - 1) : (__mmask16)0xffff;
            __m512i numbers = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)start));
            _mm512_mask_storeu_epi32(rows + found, stored, _mm512_maskz_compress_epi32(mask, numbers));
            _mm512_mask_storeu_ps(estimates + found, stored, _mm512_maskz_compress_ps(mask, estimate[sixteen]));
            found += hits;
        }
    }
    return found;
}

#endif
