#include "merge_window.h"

#if KTO_X86
#include <immintrin.h>
#endif

// How many keys are looked at together: none of the variants takes more.
#define KTO_GROUP 16
// How many windows go forward together.
#define KTO_LANES 8

static const uint64_t free_slot = UINT64_MAX;

// Where the rank of a pair would be: a free slot where it has none for certain.
KTO_INLINE const uint64_t *slot_of(kto_merges merges, uint64_t pair) {
  uint64_t hash = pair * merges.multiplier;
  uint64_t bit = hash >> merges.filter_shift;
  const uint64_t *slot = merges.slots + (hash >> merges.shift);
  slot = merges.filter[bit >> 3] >> (bit & 7) & 1 ? slot : &free_slot;
  __builtin_prefetch(slot);
  return slot;
}

// Makes the merge of the smallest key, but for the keys of the new pairs, whose memory is asked for.
KTO_INLINE void begin_merge(kto_window *window, kto_merges merges, int32_t smallest) {
  int64_t position = smallest & 511;
  uint64_t merged = merges.merged[smallest >> 9];
  int64_t right = window->nexts[position], left = window->previouses[position];
  int64_t after = window->nexts[right];
  window->ids[position] = (uint32_t)merged;
  window->keys[right] = INT32_MAX;
  window->nexts[position] = (int16_t)after;
  window->previouses[after] = (int16_t)position;
  window->position = position;
  window->left = left;
  window->pairs[0] = (uint64_t)window->ids[left] << 21 | merged;
  window->pairs[1] = merged << 21 | window->ids[after];
  window->slots[0] = slot_of(merges, window->pairs[0]);
  window->slots[1] = slot_of(merges, window->pairs[1]);
}

// The rank of a pair whose slot is known. Hardly ever is it further on.
KTO_INLINE uint32_t rank_at(const uint64_t *slot, uint64_t pair, kto_merges merges) {
  uint64_t found = *slot;
  uint32_t rank = (uint32_t)found & KTO_NO_MERGE;
  if (__builtin_expect(found >> 22 != pair && found != UINT64_MAX, 0)) rank = kto_rank_from(merges, slot, pair);
  // Will be read if this merge is made.
  __builtin_prefetch(merges.merged + rank);
  return rank;
}

KTO_INLINE void end_merge(kto_window *window, kto_merges merges) {
  uint32_t before = rank_at(window->slots[0], window->pairs[0], merges);
  uint32_t behind = rank_at(window->slots[1], window->pairs[1], merges);
  window->keys[window->left] = (int32_t)(before << 9 | (uint32_t)(window->left & 511));
  window->keys[window->position] = (int32_t)(behind << 9 | (uint32_t)window->position);
}

// The smallest of all keys is looked for again and again.
#define KTO_MERGE(smallest)                                                                        \
  kto_window *lanes[KTO_LANES];                                                                    \
  int64_t active = 0, next = 0;                                                                    \
  while (active < KTO_LANES && next < count) lanes[active++] = windows + next++;                   \
  while (active > 0) {                                                                             \
    for (int64_t lane = 0; lane < active;) {                                                       \
      int32_t best = smallest(lanes[lane]->keys, (lanes[lane]->count + KTO_GROUP - 1) / KTO_GROUP); \
      if (best < KTO_NO_MERGE << 9) {                                                              \
        begin_merge(lanes[lane++], merges, best);                                                  \
      } else {                                                                                     \
        lanes[lane] = next < count ? windows + next++ : lanes[--active];                           \
      }                                                                                            \
    }                                                                                              \
    for (int64_t lane = 0; lane < active; lane++) end_merge(lanes[lane], merges);                  \
  }

KTO_INLINE int32_t smallest_baseline(const int32_t *keys, int64_t groups) {
  int32_t smallest[4] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
  for (int64_t index = 0; index < groups * KTO_GROUP; index += 4)
    for (int lane = 0; lane < 4; lane++)
      if (keys[index + lane] < smallest[lane]) smallest[lane] = keys[index + lane];
  int32_t low = smallest[0] < smallest[1] ? smallest[0] : smallest[1];
  int32_t high = smallest[2] < smallest[3] ? smallest[2] : smallest[3];
  return low < high ? low : high;
}

static void merge_baseline(kto_window *windows, int64_t count, kto_merges merges) { KTO_MERGE(smallest_baseline) }

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

KTO_AVX2 static void merge_avx2(kto_window *windows, int64_t count, kto_merges merges) { KTO_MERGE(smallest_avx2) }

KTO_AVX512 static inline int32_t smallest_avx512(const int32_t *keys, int64_t groups) {
  __m512i smallest = _mm512_loadu_si512(keys);
  for (int64_t group = 1; group < groups; group++)
    smallest = _mm512_min_epi32(smallest, _mm512_loadu_si512(keys + group * KTO_GROUP));
  __m256i half = _mm256_min_epi32(_mm512_castsi512_si256(smallest), _mm512_extracti64x4_epi64(smallest, 1));
  return smallest_of_four(_mm_min_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
}

KTO_AVX512 static void merge_avx512(kto_window *windows, int64_t count, kto_merges merges) { KTO_MERGE(smallest_avx512) }

#endif

void kto_merge_windows(kto_vectors vectors, kto_window *windows, int64_t count, kto_merges merges) {
#if KTO_X86
  if (vectors == KTO_VECTORS_AVX512) {
    merge_avx512(windows, count, merges);
    return;
  }
  if (vectors == KTO_VECTORS_AVX2) {
    merge_avx2(windows, count, merges);
    return;
  }
#endif
  (void)vectors;
  merge_baseline(windows, count, merges);
}
