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

// Makes the merge of the smallest key and answers what becomes of keys: that of the left neighbour, if there is one,
// that of the merged token, and none for what was on its right.
typedef struct {
  int64_t position, right, left;
  int32_t key, left_key;
} kto_merge;

KTO_INLINE kto_merge make_merge(kto_window window, int64_t count, kto_merges merges, int32_t smallest) {
  kto_merge made;
  made.position = smallest & 511;
  made.right = window.nexts[made.position];
  int64_t after = window.nexts[made.right];
  uint32_t merged = merges.merged[smallest >> 9];
  window.ids[made.position] = merged;
  window.nexts[made.position] = (uint16_t)after;
  made.key = INT32_MAX;
  if (after < count) {
    window.previouses[after] = (uint16_t)made.position;
    made.key = (int32_t)(kto_merge_rank(merges, merged, window.ids[after]) << 9 | made.position);
  }
  made.left = -1;
  made.left_key = INT32_MAX;
  if (made.position > 0) {
    made.left = window.previouses[made.position];
    made.left_key = (int32_t)(kto_merge_rank(merges, window.ids[made.left], merged) << 9 | made.left);
  }
  return made;
}

KTO_INLINE void link_symbols(kto_window window, int64_t count, int64_t key_count) {
  for (int64_t position = 0; position < count; position++) {
    window.nexts[position] = (uint16_t)(position + 1);
    window.previouses[position] = (uint16_t)(position - 1);
  }
  for (int64_t position = count - 1; position < key_count; position++) window.keys[position] = INT32_MAX;
}

// The smallest of all keys is looked for again and again.
#define KTO_MERGE(smallest)                                                   \
  int64_t groups = (count + KTO_GROUP - 1) / KTO_GROUP;                       \
  link_symbols(window, count, groups *KTO_GROUP);                             \
  while (1) {                                                                 \
    int32_t best = smallest(window.keys, groups);                             \
    if (best >= KTO_NO_MERGE << 9) return;                                    \
    kto_merge made = make_merge(window, count, merges, best);                 \
    window.keys[made.right] = INT32_MAX;                                      \
    window.keys[made.position] = made.key;                                    \
    if (made.left >= 0) window.keys[made.left] = made.left_key;               \
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

// The keys of up to 64 symbols in registers: no key is written to memory and read back with others beside it, which
// would wait for the write.
KTO_AVX512 static inline __attribute__((always_inline)) void merge_in_registers(
    kto_window window, int64_t count, kto_merges merges, const int registers) {
  link_symbols(window, count, registers * 16);
  __m512i keys[4];
  for (int index = 0; index < registers; index++) keys[index] = _mm512_loadu_si512(window.keys + 16 * index);
  while (1) {
    __m512i smallest = keys[0];
    for (int index = 1; index < registers; index++) smallest = _mm512_min_epi32(smallest, keys[index]);
    __m256i half = _mm256_min_epi32(_mm512_castsi512_si256(smallest), _mm512_extracti64x4_epi64(smallest, 1));
    int32_t best = smallest_of_four(_mm_min_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
    if (best >= KTO_NO_MERGE << 9) return;
    kto_merge made = make_merge(window, count, merges, best);
    __m512i none = _mm512_set1_epi32(INT32_MAX);
    __m512i key = _mm512_set1_epi32(made.key), left_key = _mm512_set1_epi32(made.left_key);
    uint64_t right = (uint64_t)1 << made.right, position = (uint64_t)1 << made.position;
    uint64_t left = made.left < 0 ? 0 : (uint64_t)1 << made.left;
    for (int index = 0; index < registers; index++) {
      keys[index] = _mm512_mask_mov_epi32(keys[index], (__mmask16)(right >> (16 * index)), none);
      keys[index] = _mm512_mask_mov_epi32(keys[index], (__mmask16)(position >> (16 * index)), key);
      keys[index] = _mm512_mask_mov_epi32(keys[index], (__mmask16)(left >> (16 * index)), left_key);
    }
  }
}

KTO_AVX512 static void merge_avx512(kto_window window, int64_t count, kto_merges merges) {
  if (count <= 16) {
    merge_in_registers(window, count, merges, 1);
  } else if (count <= 32) {
    merge_in_registers(window, count, merges, 2);
  } else if (count <= 64) {
    merge_in_registers(window, count, merges, 4);
  } else {
    merge_avx2(window, count, merges);
  }
}

#endif

void kto_merge_window(kto_vectors vectors, kto_window window, int64_t count, kto_merges merges) {
#if KTO_X86
  if (vectors == KTO_VECTORS_AVX512) {
    merge_avx512(window, count, merges);
    return;
  }
  if (vectors == KTO_VECTORS_AVX2) {
    merge_avx2(window, count, merges);
    return;
  }
#endif
  (void)vectors;
  merge_baseline(window, count, merges);
}
