// Kernels for AArch64: NEON, with and without the dot-product instructions.

#include "variants.h"

#if defined(__aarch64__)

#include <arm_acle.h>
#include <arm_neon.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Products of bytes fit 16 bits one by one but not two together when both are −128, so they are widened at once.
void scan_dot_i8_neon(const int8_t *query, const int8_t *rows, size_t dimension, size_t row_stride, size_t count,
                      int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows + i * row_stride;
        int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);
        size_t j = 0;
        for (; j + 16 <= dimension; j += 16) {
            int8x16_t q = vld1q_s8(query + j), r = vld1q_s8(row + j);
            low = vpadalq_s16(low, vmull_s8(vget_low_s8(q), vget_low_s8(r)));
            high = vpadalq_s16(high, vmull_high_s8(q, r));
        }
        int32_t sum = vaddvq_s32(vaddq_s32(low, high));
        for (; j < dimension; j++) sum += (int32_t)query[j] * row[j];
        out[i] = sum;
    }
}

__attribute__((target("dotprod"))) void scan_dot_i8_neon_dotprod(const int8_t *query, const int8_t *rows,
                                                                 size_t dimension, size_t row_stride, size_t count,
                                                                 int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows + i * row_stride;
        int32x4_t even = vdupq_n_s32(0), odd = vdupq_n_s32(0);
        size_t j = 0;
        for (; j + 32 <= dimension; j += 32) {
            even = vdotq_s32(even, vld1q_s8(query + j), vld1q_s8(row + j));
            odd = vdotq_s32(odd, vld1q_s8(query + j + 16), vld1q_s8(row + j + 16));
        }
        if (j + 16 <= dimension) {
            even = vdotq_s32(even, vld1q_s8(query + j), vld1q_s8(row + j));
            j += 16;
        }
        int32_t sum = vaddvq_s32(vaddq_s32(even, odd));
        for (; j < dimension; j++) sum += (int32_t)query[j] * row[j];
        out[i] = sum;
    }
}

static inline float fold_neon(const float32x4_t lanes[4]) {
    float32x4_t low = vaddq_f32(lanes[0], lanes[2]), high = vaddq_f32(lanes[1], lanes[3]);
    float32x4_t four = vaddq_f32(low, high);
    float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

// The tail is copied into zeroed lanes: lanes start at +0 and never become −0, so adding +0 changes no bit.
void scan_dot_f32_rows_neon(const float *query, const float *base, size_t dimension, size_t row_stride,
                            const uint32_t *row_numbers, size_t count, float *out) {
    const size_t whole = dimension & ~(size_t)15;
    float query_tail[16] = {0};
    memcpy(query_tail, query + whole, (dimension - whole) * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        const float *row = base + row_numbers[i] * row_stride;
        float32x4_t lanes[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
        for (size_t j = 0; j < whole; j += 16) {
            for (size_t part = 0; part < 4; part++) {
                float32x4_t product = vmulq_f32(vld1q_f32(query + j + 4 * part), vld1q_f32(row + j + 4 * part));
                lanes[part] = vaddq_f32(lanes[part], product);
            }
        }
        if (whole < dimension) {
            float row_tail[16] = {0};
            memcpy(row_tail, row + whole, (dimension - whole) * sizeof(float));
            for (size_t part = 0; part < 4; part++) {
                float32x4_t product = vmulq_f32(vld1q_f32(query_tail + 4 * part), vld1q_f32(row_tail + 4 * part));
                lanes[part] = vaddq_f32(lanes[part], product);
            }
        }
        out[i] = fold_neon(lanes);
    }
}

void scan_dot_i8_rows_neon(const int8_t *query, const int8_t *const *rows, size_t dimension, size_t count,
                           int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        scan_prefetch_row(rows, i, dimension, count);
        scan_dot_i8_neon(query, rows[i], dimension, 0, 1, out + i);
    }
}

void scan_dot_i8_rows_neon_dotprod(const int8_t *query, const int8_t *const *rows, size_t dimension, size_t count,
                                   int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        scan_prefetch_row(rows, i, dimension, count);
        scan_dot_i8_neon_dotprod(query, rows[i], dimension, 0, 1, out + i);
    }
}

// MARK: Signs

// One octet of dimensions of 16 vectors: two look-ups, at most 126 together.
static inline uint8x16_t look_up(const uint8_t *low, const uint8_t *high, const uint8_t *codes) {
    uint8x16_t signs = vld1q_u8(codes);
    return vaddq_u8(vqtbl1q_u8(vld1q_u8(low), vandq_u8(signs, vdupq_n_u8(15))),
                    vqtbl1q_u8(vld1q_u8(high), vshrq_n_u8(signs, 4)));
}

// The sums of the quarter of a group that begins at `codes`: four vectors of each sixteen, at `sums`, `sums + 16` and so
// on. Words are added as `even`, both bytes in one, and `odd`, the upper ones, which are taken away at the end.
static inline void sum_neon(const scan_signs_query *query, const uint8_t *codes, uint32_t *sums) {
    const uint8_t *low = query->fours, *high = low + 16 * query->octets;
    uint16x8_t even = vdupq_n_u16(0), odd = vdupq_n_u16(0);
    for (size_t o = 0; o < query->octets; o++, low += 16, high += 16, codes += SCAN_SIGNS_GROUP) {
        uint8x16_t bytes = look_up(low, high, codes);
        if (o + 1 < query->octets) {
            o++, low += 16, high += 16, codes += SCAN_SIGNS_GROUP;
            bytes = vaddq_u8(bytes, look_up(low, high, codes));
        }
        even = vaddq_u16(even, vreinterpretq_u16_u8(bytes));
        odd = vaddq_u16(odd, vshrq_n_u16(vreinterpretq_u16_u8(bytes), 8));
    }
    even = vsubq_u16(even, vshlq_n_u16(odd, 8));
    const uint32x4_t word = vdupq_n_u32(0xffff);
    vst1q_u32(sums, vandq_u32(vreinterpretq_u32_u16(even), word));
    vst1q_u32(sums + 16, vshrq_n_u32(vreinterpretq_u32_u16(even), 16));
    vst1q_u32(sums + 32, vandq_u32(vreinterpretq_u32_u16(odd), word));
    vst1q_u32(sums + 48, vshrq_n_u32(vreinterpretq_u32_u16(odd), 16));
}

size_t scan_signs_neon(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                       const uint8_t *clusters, size_t count, float threshold, uint32_t *rows, float *estimates) {
    size_t found = 0;
    for (size_t first = 0; first < count; first += SCAN_SIGNS_GROUP, codes += SCAN_SIGNS_GROUP * query->octets) {
        uint32_t sums[SCAN_SIGNS_GROUP];
        for (size_t quarter = 0; quarter < 4; quarter++) sum_neon(query, codes + 16 * quarter, sums + 4 * quarter);
        for (size_t v = 0; v < SCAN_SIGNS_GROUP && first + v < count; v++) {
            float dot = (float)sums[v] * query->step;
            dot += query->offset;
            float estimate = scales[first + v] * dot;
            estimate += query->bases[clusters[first + scan_signs_place(v)]];
            if (!(estimate >= threshold)) continue;
            rows[found] = (uint32_t)(first + v);
            estimates[found++] = estimate;
        }
    }
    return found;
}

__attribute__((target("crc"))) uint32_t scan_crc32c_arm(uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = __crc32cb(crc, *bytes);
    return ~crc;
}

#endif
