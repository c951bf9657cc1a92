// The scalar references: what every variant must equal bit for bit.

#include "variants.h"

#pragma STDC FP_CONTRACT OFF

enum { lane_count = 16 };

void scan_dot_i8_scalar(const int8_t *query, const int8_t *rows, size_t dimension, size_t row_stride, size_t count,
                        int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = rows + i * row_stride;
        int32_t sum = 0;
        for (size_t j = 0; j < dimension; j++) sum += (int32_t)query[j] * row[j];
        out[i] = sum;
    }
}

void scan_dot_f32_rows_scalar(const float *query, const float *base, size_t dimension, size_t row_stride,
                              const uint32_t *row_numbers, size_t count, float *out) {
    for (size_t i = 0; i < count; i++) {
        const float *row = base + row_numbers[i] * row_stride;
        float lanes[lane_count] = {0};
        for (size_t j = 0; j < dimension; j++) {
            float product = query[j] * row[j];
            lanes[j % lane_count] += product;
        }
        for (size_t half = lane_count / 2; half > 0; half /= 2) {
            for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
        }
        out[i] = lanes[0];
    }
}

void scan_dot_i8_rows_scalar(const int8_t *query, const int8_t *const *rows, size_t dimension, size_t count,
                             int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        scan_dot_i8_scalar(query, rows[i], dimension, 0, 1, out + i);
    }
}

size_t scan_signs_scalar(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                         const uint8_t *clusters, size_t count, float threshold, uint32_t *rows, float *estimates) {
    const uint8_t *low = query->fours, *high = low + 16 * query->octets;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t group = i / SCAN_SIGNS_GROUP * SCAN_SIGNS_GROUP, place = scan_signs_place(i % SCAN_SIGNS_GROUP);
        const uint8_t *code = codes + group * query->octets + place;
        uint32_t sum = 0;
        for (size_t o = 0; o < query->octets; o++, code += SCAN_SIGNS_GROUP) {
            sum += low[16 * o + (*code & 15)] + high[16 * o + (*code >> 4)];
        }
        float dot = (float)sum * query->step;
        dot += query->offset;
        float estimate = scales[i] * dot;
        estimate += query->bases[clusters[group + place]];
        if (!(estimate >= threshold)) continue;
        rows[found] = (uint32_t)i;
        estimates[found++] = estimate;
    }
    return found;
}

// Four bits a step with a table of 16: small, and only CPUs without a CRC instruction come here.
uint32_t scan_crc32c_scalar(uint32_t crc, const uint8_t *bytes, size_t count) {
    static const uint32_t nibble[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ nibble[crc & 15];
        crc = (crc >> 4) ^ nibble[crc & 15];
    }
    return ~crc;
}
