#include "text_search.h"

#if KTO_X86
#include <immintrin.h>
#endif

KTO_INLINE int64_t find_any_from(const uint8_t *bytes, int64_t index, int64_t count, uint32_t set) {
  for (; index < count; index++) {
    uint8_t byte = bytes[index];
    if (byte == (uint8_t)set || byte == (uint8_t)(set >> 8) || byte == (uint8_t)(set >> 16) ||
        byte == (uint8_t)(set >> 24))
      return index;
  }
  return count;
}

KTO_INLINE int is_ascii_from(const uint8_t *bytes, int64_t index, int64_t count) {
  uint8_t all = 0;
  for (; index < count; index++) all |= bytes[index];
  return all < 0x80;
}

#if KTO_X86

KTO_AVX2 static int64_t find_any_avx2(const uint8_t *bytes, int64_t index, int64_t count, uint32_t set) {
  __m256i first = _mm256_set1_epi8((char)set), second = _mm256_set1_epi8((char)(set >> 8));
  __m256i third = _mm256_set1_epi8((char)(set >> 16)), fourth = _mm256_set1_epi8((char)(set >> 24));
  for (; index + 32 <= count; index += 32) {
    __m256i chunk = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + index));
    __m256i hits = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(chunk, first), _mm256_cmpeq_epi8(chunk, second)),
        _mm256_or_si256(_mm256_cmpeq_epi8(chunk, third), _mm256_cmpeq_epi8(chunk, fourth)));
    uint32_t mask = (uint32_t)_mm256_movemask_epi8(hits);
    if (mask != 0) return index + __builtin_ctz(mask);
  }
  return find_any_from(bytes, index, count, set);
}

KTO_AVX2 static int is_ascii_avx2(const uint8_t *bytes, int64_t count) {
  int64_t index = 0;
  for (; index + 64 <= count; index += 64) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + index));
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + index + 32));
    if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0) return 0;
  }
  return is_ascii_from(bytes, index, count);
}

#endif

int64_t kto_find_any(kto_vectors vectors, const uint8_t *bytes, int64_t start, int64_t count, uint32_t set) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) return find_any_avx2(bytes, start, count, set);
#endif
  (void)vectors;
  return find_any_from(bytes, start, count, set);
}

int kto_is_ascii(kto_vectors vectors, const uint8_t *bytes, int64_t count) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) return is_ascii_avx2(bytes, count);
#endif
  (void)vectors;
  return is_ascii_from(bytes, 0, count);
}
