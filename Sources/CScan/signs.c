// Sign codes, and what a query looks up in them: run once a vector or once a query, so one portable form that the
// compiler vectorises is enough. CScan.h says what the codes are.

#include <math.h>
#include <string.h>

#include "CScan.h"

#pragma STDC FP_CONTRACT OFF

enum { lane_count = 16, base_count_limit = 256, largest_base = 65535 };
// Tables of six dimensions hold sums of at most 63; each weight may have been rounded up by a half.
enum { largest_entry = 63, largest_sum = largest_entry - 3 };

static float fold(float *lanes) {
    for (size_t half = lane_count / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

// The magnitudes of 24 dimensions from `first` on, zero beyond the dimension.
static void load_magnitudes(const float *query, size_t dimension, size_t first, float magnitudes[24]) {
    for (size_t j = 0; j < 24; j++) magnitudes[j] = first + j < dimension ? fabsf(query[first + j]) : 0;
}

static float larger(float a, float b) { return a > b ? a : b; }

// The largest sum of magnitudes that any table of these 24 dimensions holds.
static float largest_table(const float m[24]) {
    float largest = 0, rest = 0;
    for (size_t o = 0; o < 24; o += 8) {
        float lower = (m[o] + m[o + 1]) + (m[o + 2] + m[o + 3]), middle = m[o + 4] + m[o + 5];
        float upper = m[o + 6] + m[o + 7];
        largest = larger(largest, larger(lower + middle, middle + upper));
        rest += upper;
    }
    return larger(largest, rest);
}

// Entry n of 2^count is the sum of the weights of the dimensions whose sign, bit j of n, is the query's.
static void fill_table(const uint8_t *query_is_positive, const uint8_t *weights, size_t count, uint8_t *table) {
    uint8_t none = 0;
    for (size_t j = 0; j < count; j++) none = (uint8_t)(none + (query_is_positive[j] ? 0 : weights[j]));
    table[0] = none;
    for (size_t j = 0; j < count; j++) {
        const uint8_t change = query_is_positive[j] ? weights[j] : (uint8_t)-weights[j];
        const size_t half = (size_t)1 << j;
        for (size_t n = 0; n < half; n++) table[half + n] = (uint8_t)(table[n] + change);
    }
}

static void fill_tables(const uint8_t positive[24], const uint8_t weights[24], size_t octets, uint8_t *fours,
                        uint8_t *sixes) {
    uint8_t upper_positive[6], upper_weights[6];
    for (size_t o = 0; o < 3; o++) {
        fill_table(positive + 8 * o, weights + 8 * o, 4, fours + 16 * o);
        fill_table(positive + 8 * o + 4, weights + 8 * o + 4, 4, fours + 16 * (octets + o));
        fill_table(positive + 8 * o, weights + 8 * o, 6, sixes + 64 * o);
        memcpy(upper_positive + 2 * o, positive + 8 * o + 6, 2);
        memcpy(upper_weights + 2 * o, weights + 8 * o + 6, 2);
    }
    fill_table(upper_positive, upper_weights, 6, sixes + 64 * 3);
}

static void round_bases(scan_signs_query *query, const float *bases, size_t count, float *rounded, uint8_t *bytes) {
    float least = count > 0 ? bases[0] : 0, greatest = least;
    for (size_t c = 0; c < count; c++) {
        least = bases[c] < least ? bases[c] : least;
        greatest = larger(greatest, bases[c]);
    }
    query->base_step = (greatest - least) / largest_base;
    query->base_offset = least;
    const float inverse = query->base_step > 0 ? 1 / query->base_step : 0;
    for (size_t c = 0; c < base_count_limit; c++) {
        float steps = c < count ? (bases[c] - least) * inverse + 0.5f : 0;
        uint32_t n = steps < largest_base ? (uint32_t)steps : largest_base;
        bytes[c] = (uint8_t)n;
        bytes[base_count_limit + c] = (uint8_t)(n >> 8);
        rounded[c] = (float)n * query->base_step + least;
    }
}

scan_signs_query scan_signs_prepare(const float *query, size_t dimension, const float *bases, size_t base_count,
                                    void *memory) {
    const size_t octets = scan_signs_octets(dimension);
    float *rounded = memory;
    uint8_t *bytes = (uint8_t *)(rounded + base_count_limit), *sixes = bytes + 2 * base_count_limit;
    uint8_t *fours = sixes + octets / 3 * 4 * 64;
    float magnitudes[24], largest = 0;
    for (size_t j = 0; j < dimension; j += 24) {
        load_magnitudes(query, dimension, j, magnitudes);
        largest = larger(largest, largest_table(magnitudes));
    }
    const float step = 2 * largest / largest_sum;
    const float inverse = step > 0 ? 2 / step : 0;
    uint32_t total = 0;
    for (size_t o = 0; o < octets; o += 3) {
        uint8_t positive[24], weights[24];
        load_magnitudes(query, dimension, 8 * o, magnitudes);
        for (size_t j = 0; j < 24; j++) {
            positive[j] = 8 * o + j < dimension && query[8 * o + j] > 0;
            weights[j] = (uint8_t)(magnitudes[j] * inverse + 0.5f);
            total += weights[j];
        }
        fill_tables(positive, weights, octets, fours + 16 * o, sixes + 64 * 4 * (o / 3));
    }
    scan_signs_query prepared = {fours, sixes, octets, step, -0.5f * step * (float)total, rounded, bytes, 0, 0};
    round_bases(&prepared, bases, base_count, rounded, bytes);
    return prepared;
}

float scan_signs_encode(const float *vector, const float *centroid, size_t dimension, uint8_t *codes) {
    float squares[lane_count] = {0}, magnitudes[lane_count] = {0};
    for (size_t j = 0; j < dimension; j += lane_count) {
        float residual[lane_count] = {0};
        const size_t count = dimension - j < lane_count ? dimension - j : lane_count;
        for (size_t lane = 0; lane < count; lane++) residual[lane] = vector[j + lane] - centroid[j + lane];
        uint32_t signs = 0;
        for (size_t lane = 0; lane < lane_count; lane++) {
            squares[lane] += residual[lane] * residual[lane];
            magnitudes[lane] += fabsf(residual[lane]);
            signs |= (uint32_t)(residual[lane] > 0) << lane;
        }
        uint8_t *octet = codes + j / 8 * SCAN_SIGNS_GROUP;
        octet[0] = (uint8_t)signs;
        if (count > 8) octet[SCAN_SIGNS_GROUP] = (uint8_t)(signs >> 8);
    }
    const float magnitude = fold(magnitudes);
    return magnitude > 0 ? fold(squares) / magnitude : 0;
}
