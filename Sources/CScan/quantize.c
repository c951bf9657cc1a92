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

// Words are taken 64 at a time, so that each plane gets 8 bytes a turn: planes lie far apart, and single bytes
// would miss the cache 32 times for every 8 words.
enum { group_words = 64 };

static void split_group(const uint32_t *words, uint8_t planes[32][8]) {
    for (size_t eight = 0; eight < 8; eight++) {
        for (size_t byte = 0; byte < 4; byte++) {
            uint64_t matrix = 0;
            for (size_t i = 0; i < 8; i++) {
                matrix |= (uint64_t)((words[eight * 8 + i] >> (8 * byte)) & 0xff) << (8 * i);
            }
            matrix = transpose8(matrix);
            for (size_t bit = 0; bit < 8; bit++) planes[8 * byte + bit][eight] = (uint8_t)(matrix >> (8 * bit));
        }
    }
}

static void join_group(uint8_t planes[32][8], uint32_t *words) {
    for (size_t eight = 0; eight < 8; eight++) {
        uint64_t matrices[4];
        for (size_t byte = 0; byte < 4; byte++) {
            uint64_t matrix = 0;
            for (size_t bit = 0; bit < 8; bit++) matrix |= (uint64_t)planes[8 * byte + bit][eight] << (8 * bit);
            matrices[byte] = transpose8(matrix);
        }
        for (size_t i = 0; i < 8; i++) {
            uint32_t word = 0;
            for (size_t byte = 0; byte < 4; byte++) word |= (uint32_t)((matrices[byte] >> (8 * i)) & 0xff) << (8 * byte);
            words[eight * 8 + i] = word;
        }
    }
}

void scan_planes_split_u32(const uint32_t *words, size_t count, uint8_t *planes) {
    const size_t plane_size = (count + 7) / 8;
    uint8_t group[32][8];
    size_t done = 0;
    for (; done + group_words <= count; done += group_words) {
        split_group(words + done, group);
        for (size_t plane = 0; plane < 32; plane++) memcpy(planes + plane * plane_size + done / 8, group[plane], 8);
    }
    if (done == count) return;
    uint32_t rest[group_words] = {0};
    memcpy(rest, words + done, (count - done) * sizeof *words);
    split_group(rest, group);
    for (size_t plane = 0; plane < 32; plane++) {
        memcpy(planes + plane * plane_size + done / 8, group[plane], plane_size - done / 8);
    }
}

void scan_planes_join_u32(const uint8_t *planes, size_t count, uint32_t *words) {
    const size_t plane_size = (count + 7) / 8;
    uint8_t group[32][8] = {{0}};
    size_t done = 0;
    for (; done + group_words <= count; done += group_words) {
        for (size_t plane = 0; plane < 32; plane++) memcpy(group[plane], planes + plane * plane_size + done / 8, 8);
        join_group(group, words + done);
    }
    if (done == count) return;
    uint32_t rest[group_words];
    for (size_t plane = 0; plane < 32; plane++) {
        memcpy(group[plane], planes + plane * plane_size + done / 8, plane_size - done / 8);
    }
    join_group(group, rest);
    memcpy(words + done, rest, (count - done) * sizeof *words);
}
