// Quantising and bit planes: run once a vector, so one portable form that the compiler vectorises is enough.

#include <math.h>
#include <string.h>

#include "CScan.h"

#pragma STDC FP_CONTRACT OFF

enum { lane_count = 16 };

static float fold(float *lanes) {
    for (size_t half = lane_count / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

static float largest_magnitude(const float *vector, size_t dimension) {
    // Magnitudes of floats order as their bits do, and integer maxima vectorise.
    uint32_t largest = 0;
    for (size_t j = 0; j < dimension; j++) {
        uint32_t bits;
        memcpy(&bits, vector + j, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    float magnitude;
    memcpy(&magnitude, &largest, sizeof magnitude);
    return magnitude;
}

scan_quantized scan_quantize_f32(const float *vector, size_t dimension, int8_t *codes) {
    scan_quantized result = {0, 0, 0};
    float magnitude = largest_magnitude(vector, dimension);
    if (magnitude == 0) {
        memset(codes, 0, dimension);
        return result;
    }
    if (!(magnitude < INFINITY)) {
        memset(codes, 0, dimension);
        result.norm = magnitude;
        return result;
    }
    const float scale = magnitude / 127;
    // Too small to have a normal reciprocal: keep the codes at zero, the residual is the vector itself.
    const float inverse = scale >= 0x1p-100f ? 1 / scale : 0;
    // Adding and subtracting 1.5 · 2²³ rounds to the nearest integer without a library call.
    const float rounder = 0x1.8p23f;
    float squares[lane_count] = {0}, errors[lane_count] = {0};
    size_t j = 0;
    for (; j + lane_count <= dimension; j += lane_count) {
        for (size_t lane = 0; lane < lane_count; lane++) {
            float value = vector[j + lane];
            float code = value * inverse + rounder - rounder;
            code = code > 127 ? 127 : code;
            code = code < -127 ? -127 : code;
            float error = value - code * scale;
            codes[j + lane] = (int8_t)code;
            squares[lane] += value * value;
            errors[lane] += error * error;
        }
    }
    for (size_t lane = 0; j + lane < dimension; lane++) {
        float value = vector[j + lane];
        float code = value * inverse + rounder - rounder;
        code = code > 127 ? 127 : code;
        code = code < -127 ? -127 : code;
        float error = value - code * scale;
        codes[j + lane] = (int8_t)code;
        squares[lane] += value * value;
        errors[lane] += error * error;
    }
    result.scale = scale;
    result.norm = sqrtf(fold(squares));
    // Each error is off by the rounding of code · scale, at most 2⁻²⁴ · magnitude; summing and squaring add a
    // relative 2⁻¹⁷ at most. Both are made up for so that the norm is an upper bound.
    result.residual_norm = sqrtf(fold(errors)) * (1 + 0x1p-14f) + magnitude * 0x1p-22f * sqrtf((float)dimension);
    return result;
}

// Transposes an 8 × 8 bit matrix held row by row in a word (Warren, Hacker's Delight, 7-3).
static uint64_t transpose8(uint64_t x) {
    uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aaULL;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000cccc0000ccccULL;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0ULL;
    return x ^ t ^ (t << 28);
}

void scan_planes_split_u32(const uint32_t *words, size_t count, uint8_t *planes) {
    const size_t plane_size = (count + 7) / 8;
    for (size_t group = 0; group < plane_size; group++) {
        uint32_t eight[8] = {0};
        size_t present = count - group * 8 < 8 ? count - group * 8 : 8;
        memcpy(eight, words + group * 8, present * sizeof *words);
        for (size_t byte = 0; byte < 4; byte++) {
            uint64_t matrix = 0;
            for (size_t i = 0; i < 8; i++) matrix |= (uint64_t)((eight[i] >> (8 * byte)) & 0xff) << (8 * i);
            matrix = transpose8(matrix);
            for (size_t bit = 0; bit < 8; bit++) {
                planes[(8 * byte + bit) * plane_size + group] = (uint8_t)(matrix >> (8 * bit));
            }
        }
    }
}

void scan_planes_join_u32(const uint8_t *planes, size_t count, uint32_t *words) {
    const size_t plane_size = (count + 7) / 8;
    for (size_t group = 0; group < plane_size; group++) {
        uint32_t eight[8] = {0};
        for (size_t byte = 0; byte < 4; byte++) {
            uint64_t matrix = 0;
            for (size_t bit = 0; bit < 8; bit++) {
                matrix |= (uint64_t)planes[(8 * byte + bit) * plane_size + group] << (8 * bit);
            }
            matrix = transpose8(matrix);
            for (size_t i = 0; i < 8; i++) eight[i] |= (uint32_t)((matrix >> (8 * i)) & 0xff) << (8 * byte);
        }
        size_t present = count - group * 8 < 8 ? count - group * 8 : 8;
        memcpy(words + group * 8, eight, present * sizeof *words);
    }
}
