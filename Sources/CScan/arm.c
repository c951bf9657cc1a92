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

// MARK: Signs

// Two octets of dimensions of 16 vectors: four look-ups, which add up in a byte.
static inline uint8x16_t look_up(const uint8_t *low, const uint8_t *high, const uint8_t *codes) {
    uint8x16_t a = vld1q_u8(codes), b = vld1q_u8(codes + 16), nibble = vdupq_n_u8(15);
    uint8x16_t lower = vaddq_u8(vqtbl1q_u8(vld1q_u8(low), vandq_u8(a, nibble)),
                                vqtbl1q_u8(vld1q_u8(low + 16), vandq_u8(b, nibble)));
    uint8x16_t upper = vaddq_u8(vqtbl1q_u8(vld1q_u8(high), vshrq_n_u8(a, 4)),
                                vqtbl1q_u8(vld1q_u8(high + 16), vshrq_n_u8(b, 4)));
    return vaddq_u8(lower, upper);
}

size_t scan_signs_neon(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                       const uint8_t *clusters, size_t count, float threshold, uint32_t *rows, float *estimates) {
    const uint8_t *low = query->tables, *high = low + 16 * query->octets;
    size_t found = 0;
    for (size_t first = 0; first < count; first += 16, codes += 16 * query->octets) {
        uint16x8_t sums[2] = {vdupq_n_u16(0), vdupq_n_u16(0)};
        for (size_t o = 0; o < query->octets; o += 2) {
            uint8x16_t four = look_up(low + 16 * o, high + 16 * o, codes + 16 * o);
            sums[0] = vaddw_u8(sums[0], vget_low_u8(four));
            sums[1] = vaddw_high_u8(sums[1], four);
        }
        uint16_t wide[16];
        vst1q_u16(wide, sums[0]);
        vst1q_u16(wide + 8, sums[1]);
        for (size_t v = 0; v < 16 && first + v < count; v++) {
            float dot = (float)wide[v] * query->step;
            dot += query->offset;
            float estimate = scales[first + v] * dot;
            estimate += query->bases[clusters[first + v]];
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
