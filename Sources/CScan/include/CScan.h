#ifndef CSCAN_H
#define CSCAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Kernels of the vector scan. Primitive arguments, no allocation, no global state; any thread.
//
// Each kernel has one scalar reference, and every variant gives the same bits as it on every input, so that a
// score does not depend on the CPU it was computed on. Variants are chosen at run time, never by the build host.

/// The instruction sets that have kernels of their own.
typedef enum {
    scan_isa_scalar = 0,
    scan_isa_avx2 = 1,
    scan_isa_avx512_vnni = 2,
    scan_isa_neon = 3,
    scan_isa_neon_dotprod = 4,
} scan_isa;

/// Dot products of one query with `count` rows of signed bytes: out[i] = Σⱼ query[j] · rows[i · row_stride + j].
///
/// Exact for all values (−128 too) while dimension ≤ 65,536. Reads `dimension` bytes of a row and none beyond.
/// No alignment needed; rows aligned to 64 bytes are faster.
typedef void (*scan_dot_i8_fn)(const int8_t *query, const int8_t *rows, size_t dimension, size_t row_stride,
                               size_t count, int32_t *out);

/// The same with rows that stand anywhere: out[i] = Σⱼ query[j] · rows[i][j]. Asks for memory some rows ahead.
typedef void (*scan_dot_i8_rows_fn)(const int8_t *query, const int8_t *const *rows, size_t dimension, size_t count,
                                    int32_t *out);

/// Dot products of one query with chosen rows of floats: out[i] = Σⱼ query[j] · base[row_numbers[i] · row_stride + j].
///
/// The order of summation is fixed: element j is multiplied, rounded, and added to lane j mod 16 in ascending j
/// (no fused multiply-add); the lanes are then folded 16 → 8 → 4 → 2 → 1, each into the lower half. With
/// L = ⌈dimension / 16⌉ the result is within (L + 5) · 2⁻²⁴ · ‖query‖ · ‖row‖ of the real dot product, to first order.
typedef void (*scan_dot_f32_rows_fn)(const float *query, const float *base, size_t dimension, size_t row_stride,
                                     const uint32_t *row_numbers, size_t count, float *out);

/// Vectors whose sign codes stand together.
#define SCAN_SIGNS_GROUP 64

/// Where in its group a vector's bytes stand. Sums of bytes grow into words and words into double words; in this order
/// what comes out in one register are the vectors 0 … 15, in the next 16 … 31, and so on.
static inline size_t scan_signs_place(size_t vector) {
    const size_t sixteen = vector / 16 % 4;
    return 4 * (vector % 16) + 2 * (sixteen & 1) + (sixteen >> 1);
}

/// A query as it is asked of sign codes; made by `scan_signs_prepare`.
///
/// Codes are one bit a dimension, the sign of what is left of a vector when its cluster's centroid is taken away. They
/// stand transposed in groups of 64 vectors: byte `64 · o + scan_signs_place(v)` of a group holds the signs of dimensions
/// 8 · o … 8 · o + 7 of vector v, lowest bit first, so that one shuffle looks up some dimensions of many vectors (Quick
/// ADC: André, Kermarrec and Le Scouarnec, 2017). The query is rounded to one whole number a dimension, and what is looked
/// up are sums of these: over which dimensions a table goes changes nothing. With S the sum over the dimensions whose sign
/// is the query's, a vector's estimated dot product is `scale · (step · S + offset) + bases[cluster]`, in single
/// precision, each operation rounded.
typedef struct {
    /// For each octet of dimensions 16 entries of its lower four, then as many tables of the upper four.
    const uint8_t *fours;
    /// For every three octets four tables of 64 entries: of the lower six dimensions of each, and of the upper two of all
    /// three. Entries are at most 63, so that four of them add up in a byte.
    const uint8_t *sixes;
    /// Octets of dimensions: a multiple of 3, at most 513.
    size_t octets;
    float step;
    float offset;
    /// The query's dot product with each of 256 centroids, rounded to `base_step · n + base_offset`, n being 16 bits wide.
    const float *bases;
    /// These n: their lower bytes, then their upper ones.
    const uint8_t *base_bytes;
    float base_step;
    float base_offset;
} scan_signs_query;

/// Finds the vectors of consecutive groups whose estimate reaches `threshold`: writes their numbers, ascending from 0,
/// and their estimates, and returns how many there are. Reads whole groups; only the first `count` vectors are found.
/// `scales` are in the vectors' order, `clusters` in each group by `scan_signs_place`. None needs alignment; `rows` and
/// `estimates` have room for `count`.
typedef size_t (*scan_signs_fn)(const scan_signs_query *query, const uint8_t *codes, const float *scales,
                                const uint8_t *clusters, size_t count, float threshold, uint32_t *rows,
                                float *estimates);

/// CRC-32C (Castagnoli; RFC 3720 appendix B.4) of `count` bytes, continuing from `crc` (0 at the start).
typedef uint32_t (*scan_crc32c_fn)(uint32_t crc, const uint8_t *bytes, size_t count);

/// The kernels of one instruction set. A plain value: callers keep a copy.
typedef struct {
    scan_isa isa;
    scan_dot_i8_fn dot_i8;
    scan_dot_i8_rows_fn dot_i8_rows;
    scan_dot_f32_rows_fn dot_f32_rows;
    scan_signs_fn signs;
    scan_crc32c_fn crc32c;
} scan_kernels;

/// The fastest kernels that this CPU can run.
scan_kernels scan_kernels_best(void);

/// Fills `kernels` and returns 1 if this build and this CPU have `isa`; returns 0 otherwise.
int scan_kernels_for(scan_isa isa, scan_kernels *kernels);

/// What quantising a vector yields beside its codes.
typedef struct {
    /// vector ≈ scale · codes; 0 for a zero vector.
    float scale;
    /// At least ‖vector − scale · codes‖.
    float residual_norm;
    /// ‖vector‖, rounded; not finite if an element is not, or if the squares overflow.
    float norm;
} scan_quantized;

/// Quantises a vector to codes in −127…127 by its largest magnitude. Elements that are not finite give unspecified
/// codes and a norm that is not finite.
scan_quantized scan_quantize_f32(const float *vector, size_t dimension, int8_t *codes);

/// Octets of dimensions that sign codes of `dimension` dimensions have: whole triples, the rest zero.
static inline size_t scan_signs_octets(size_t dimension) { return (dimension + 23) / 24 * 3; }

/// Bytes that a prepared query of `dimension` dimensions takes beside itself.
static inline size_t scan_signs_query_bytes(size_t dimension) {
    const size_t octets = scan_signs_octets(dimension);
    return 256 * sizeof(float) + 2 * 256 + octets / 3 * 4 * 64 + octets * 2 * 16;
}

/// Prepares a query in `memory` of `scan_signs_query_bytes`, aligned to 64 bytes. `bases` are its dot products with
/// `base_count` centroids, at most 256.
scan_signs_query scan_signs_prepare(const float *query, size_t dimension, const float *bases, size_t base_count,
                                    void *memory);

/// Writes the signs of `vector − centroid` to every 64th byte from `codes` on (octets beyond the dimension are left
/// alone) and returns the scale by which their dot product with a query estimates the residual's without bias:
/// ‖residual‖² / Σ |residualⱼ|, or 0 (RaBitQ: Gao and Long, 2024).
float scan_signs_encode(const float *vector, const float *centroid, size_t dimension, uint8_t *codes);

/// Asks the CPU to fetch `count` bytes that will be read soon. Any address.
static inline void scan_prefetch(const void *bytes, size_t count) {
    for (size_t offset = 0; offset < count; offset += 64) {
        __builtin_prefetch((const void *)((uintptr_t)bytes + offset), 0, 3);
    }
}

/// Tells the CPU that its thread waits in a loop for another one.
static inline void scan_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" ::: "memory");
#endif
}

/// Writes the numbers of the cores that this program may use, ascending and at most `limit`, and returns how many; 0 where
/// threads cannot be bound to a core.
size_t scan_cores(int *cores, size_t limit);

/// The core that the caller runs on at this moment; negative where that cannot be told.
int scan_current_core(void);

/// Binds the calling thread to a core. Where that is refused the thread runs anywhere, as before.
void scan_stay_on_core(int core);

/// Transposes 32-bit words into 32 bit planes of ⌈count / 8⌉ bytes each, plane 0 holding the lowest bits and bit i of
/// a plane belonging to word i; unused bits are 0. Fields that hardly vary become runs that LZ4 can shrink.
void scan_planes_split_u32(const uint32_t *words, size_t count, uint8_t *planes);

/// Inverse of `scan_planes_split_u32`.
void scan_planes_join_u32(const uint8_t *planes, size_t count, uint32_t *words);

#ifdef __cplusplus
}
#endif

#endif
