#include "min_hash.h"

// A block's minima stay in registers while the values pass.
KTO_INLINE void min_hash_block(
    const uint32_t *restrict values, int64_t count, const uint32_t *restrict multipliers,
    const uint32_t *restrict increments, uint32_t *restrict minima) {
  uint32_t least[KTO_MIN_HASH_BLOCK];
  for (int place = 0; place < KTO_MIN_HASH_BLOCK; place++) least[place] = UINT32_MAX;
  for (int64_t index = 0; index < count; index++) {
    uint32_t value = values[index];
    for (int place = 0; place < KTO_MIN_HASH_BLOCK; place++) {
      uint32_t hash = multipliers[place] * value + increments[place];
      least[place] = hash < least[place] ? hash : least[place];
    }
  }
  for (int place = 0; place < KTO_MIN_HASH_BLOCK; place++) minima[place] = least[place];
}

KTO_INLINE void min_hash(
    const uint32_t *values, int64_t count, const uint32_t *multipliers, const uint32_t *increments,
    int64_t permutations, uint32_t *minima) {
  for (int64_t first = 0; first < permutations; first += KTO_MIN_HASH_BLOCK)
    min_hash_block(values, count, multipliers + first, increments + first, minima + first);
}

#if KTO_X86

KTO_AVX2 static void min_hash_avx2(
    const uint32_t *values, int64_t count, const uint32_t *multipliers, const uint32_t *increments,
    int64_t permutations, uint32_t *minima) {
  min_hash(values, count, multipliers, increments, permutations, minima);
}

KTO_AVX512 static void min_hash_avx512(
    const uint32_t *values, int64_t count, const uint32_t *multipliers, const uint32_t *increments,
    int64_t permutations, uint32_t *minima) {
  min_hash(values, count, multipliers, increments, permutations, minima);
}

#endif

void kto_min_hash(
    kto_vectors vectors, const uint32_t *values, int64_t count, const uint32_t *multipliers,
    const uint32_t *increments, int64_t permutations, uint32_t *minima) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX512) {
    min_hash_avx512(values, count, multipliers, increments, permutations, minima);
    return;
  }
  if (vectors >= KTO_VECTORS_AVX2) {
    min_hash_avx2(values, count, multipliers, increments, permutations, minima);
    return;
  }
#endif
  (void)vectors;
  min_hash(values, count, multipliers, increments, permutations, minima);
}
