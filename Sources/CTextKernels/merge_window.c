#include "merge_window.h"

#if KTO_X86
#include <immintrin.h>
#endif

// How many keys are looked at together: none of the variants takes more.
#define KTO_GROUP 16

KTO_INLINE int32_t smallest_baseline(const int32_t *keys, int64_t groups) {
  int32_t smallest[4] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
  for (int64_t index = 0; index < groups * KTO_GROUP; index += 4)
    for (int lane = 0; lane < 4; lane++)
      if (keys[index + lane] < smallest[lane]) smallest[lane] = keys[index + lane];
  int32_t low = smallest[0] < smallest[1] ? smallest[0] : smallest[1];
  int32_t high = smallest[2] < smallest[3] ? smallest[2] : smallest[3];
  return low < high ? low : high;
}

// The smallest of all keys is looked for again and again.
#define KTO_MERGE(smallest)                                                                                   \
  for (int64_t position = 0; position < count; position++) {                                                  \
    window.nexts[position] = (uint16_t)(position + 1);                                                        \
    window.previouses[position] = (uint16_t)(position - 1);                                                   \
  }                                                                                                           \
  for (int64_t position = count - 1; position < count + KTO_GROUP; position++) window.keys[position] = INT32_MAX; \
  int64_t groups = (count + KTO_GROUP - 1) / KTO_GROUP;                                                       \
  while (1) {                                                                                                 \
    int32_t best = smallest(window.keys, groups);                                                             \
    if (best >= KTO_NO_MERGE << 9) return;                                                                    \
    int64_t position = best & 511;                                                                            \
    int64_t right = window.nexts[position];                                                                   \
    int64_t after = window.nexts[right];                                                                      \
    uint32_t merged = merges.merged[best >> 9];                                                               \
    window.ids[position] = merged;                                                                            \
    window.nexts[position] = (uint16_t)after;                                                                 \
    window.keys[right] = INT32_MAX;                                                                           \
    if (after < count) {                                                                                      \
      window.previouses[after] = (uint16_t)position;                                                          \
      window.keys[position] = (int32_t)(kto_merge_rank(merges, merged, window.ids[after]) << 9 | position);   \
    } else {                                                                                                  \
      window.keys[position] = INT32_MAX;                                                                      \
    }                                                                                                         \
    if (position > 0) {                                                                                       \
      int64_t left = window.previouses[position];                                                             \
      window.keys[left] = (int32_t)(kto_merge_rank(merges, window.ids[left], merged) << 9 | left);            \
    }                                                                                                         \
  }

static void merge_baseline(kto_window window, int64_t count, kto_merges merges) { KTO_MERGE(smallest_baseline) }

#if KTO_X86

KTO_AVX2 static inline int32_t smallest_of_four(__m128i keys) {
  keys = _mm_min_epi32(keys, _mm_shuffle_epi32(keys, 0x4E));
  return _mm_cvtsi128_si32(_mm_min_epi32(keys, _mm_shuffle_epi32(keys, 0xB1)));
}

KTO_AVX2 static inline int32_t smallest_avx2(const int32_t *keys, int64_t groups) {
  const __m256i *next = (const __m256i *)(const void *)keys;
  __m256i smallest = _mm256_min_epi32(_mm256_loadu_si256(next), _mm256_loadu_si256(next + 1));
  for (int64_t group = 1; group < groups; group++) {
    next += 2;
    __m256i both = _mm256_min_epi32(_mm256_loadu_si256(next), _mm256_loadu_si256(next + 1));
    smallest = _mm256_min_epi32(smallest, both);
  }
  return smallest_of_four(_mm_min_epi32(_mm256_castsi256_si128(smallest), _mm256_extracti128_si256(smallest, 1)));
}

KTO_AVX2 static void merge_avx2(kto_window window, int64_t count, kto_merges merges) { KTO_MERGE(smallest_avx2) }

#endif

void kto_merge_window(kto_vectors vectors, kto_window window, int64_t count, kto_merges merges) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) {
    merge_avx2(window, count, merges);
    return;
  }
#endif
  (void)vectors;
  merge_baseline(window, count, merges);
}
