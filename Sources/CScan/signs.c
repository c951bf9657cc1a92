// Sign codes, and what a query looks up in them: run once a vector or once a query, so one portable form that the
// compiler vectorises is enough. CScan.h says what the codes are.

#include <math.h>
#include <string.h>

#include "CScan.h"

#pragma STDC FP_CONTRACT OFF

enum { lane_count = 16, table_size = 16, dimensions_a_table = 4, largest_entry = 63 };

static float fold(float *lanes) {
    for (size_t half = lane_count / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

// Four elements from `first` on, zero beyond the dimension.
static void load_four(const float *query, size_t dimension, size_t first, float four[4]) {
    for (size_t j = 0; j < dimensions_a_table; j++) four[j] = first + j < dimension ? query[first + j] : 0;
}

static float magnitude_of_four(const float four[4]) {
    return (fabsf(four[0]) + fabsf(four[1])) + (fabsf(four[2]) + fabsf(four[3]));
}

// Entry n is Σⱼ ±queryⱼ, plus where bit j of n is set, raised by Σⱼ |queryⱼ| to begin at 0, in steps.
static void fill_table(const float four[4], float inverse, uint8_t *table) {
    const float magnitude = magnitude_of_four(four);
    for (size_t n = 0; n < table_size; n++) {
        float sum = (n & 1 ? four[0] : -four[0]) + (n & 2 ? four[1] : -four[1]);
        sum += (n & 4 ? four[2] : -four[2]) + (n & 8 ? four[3] : -four[3]);
        float entry = (sum + magnitude) * inverse + 0.5f;
        table[n] = entry < largest_entry ? (uint8_t)(entry > 0 ? entry : 0) : largest_entry;
    }
}

scan_signs_query scan_signs_prepare(const float *query, size_t dimension, const float *bases, uint8_t *tables) {
    const size_t octets = scan_signs_octets(dimension);
    float four[4], total = 0, largest = 0;
    for (size_t j = 0; j < dimension; j += dimensions_a_table) {
        load_four(query, dimension, j, four);
        float magnitude = magnitude_of_four(four);
        total += magnitude;
        largest = magnitude > largest ? magnitude : largest;
    }
    const float step = 2 * largest / largest_entry;
    const float inverse = step > 0 ? 1 / step : 0;
    for (size_t o = 0; o < octets; o++) {
        load_four(query, dimension, 8 * o, four);
        fill_table(four, inverse, tables + table_size * o);
        load_four(query, dimension, 8 * o + 4, four);
        fill_table(four, inverse, tables + table_size * (octets + o));
    }
    scan_signs_query prepared = {tables, octets, step, -total, bases};
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
        codes[2 * j] = (uint8_t)signs;
        if (count > 8) codes[2 * j + 16] = (uint8_t)(signs >> 8);
    }
    const float magnitude = fold(magnitudes);
    return magnitude > 0 ? fold(squares) / magnitude : 0;
}
