#ifndef KTO_MIN_HASH_H
#define KTO_MIN_HASH_H

#include <stdint.h>

#include "vectors.h"

// Permutations that are worked on at once; their number must be a multiple of it.
#define KTO_MIN_HASH_BLOCK 32

// For each permutation the least of multiplier · value + increment, modulo 2³², over all values; 2³² − 1 without any.
// The arrays of multipliers, increments and minima have `permutations` elements each and do not overlap.
void kto_min_hash(
    kto_vectors vectors, const uint32_t *values, int64_t count, const uint32_t *multipliers,
    const uint32_t *increments, int64_t permutations, uint32_t *minima);

#endif
