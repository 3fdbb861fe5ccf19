#define _GNU_SOURCE
#include "text_search.h"

#include <string.h>

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

KTO_INLINE int64_t last_word_end_from(const uint8_t *bytes, int64_t first, int64_t end) {
  for (int64_t index = end - 1; index >= first; index--) {
    uint8_t before = bytes[index - 1] | 0x20;
    if ((bytes[index] == ' ' || bytes[index] == '\n') && before >= 'a' && before <= 'z') return index;
  }
  return first - 1;
}

KTO_INLINE kto_survey survey_from(const uint8_t *bytes, int64_t index, int64_t count, uint32_t set, kto_survey found) {
  uint8_t all = 0;
  for (int64_t place = index; place < count; place++) all |= bytes[place];
  found.has_high |= all >= 0x80;
  found.has_any |= find_any_from(bytes, index, count, set) < count;
  return found;
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

KTO_AVX2 static int64_t last_word_end_avx2(const uint8_t *bytes, int64_t first, int64_t end) {
  for (; end - 32 >= first; end -= 32) {
    __m256i chunk = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + end - 32));
    __m256i before = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + end - 33));
    __m256i letter = _mm256_sub_epi8(_mm256_or_si256(before, _mm256_set1_epi8(0x20)), _mm256_set1_epi8('a'));
    __m256i is_letter = _mm256_cmpeq_epi8(_mm256_min_epu8(letter, _mm256_set1_epi8(25)), letter);
    __m256i is_space = _mm256_or_si256(
        _mm256_cmpeq_epi8(chunk, _mm256_set1_epi8(' ')), _mm256_cmpeq_epi8(chunk, _mm256_set1_epi8('\n')));
    uint32_t mask = (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(is_letter, is_space));
    if (mask != 0) return end - 1 - __builtin_clz(mask);
  }
  return last_word_end_from(bytes, first, end);
}

KTO_AVX2 static kto_survey survey_avx2(const uint8_t *bytes, int64_t count, uint32_t set) {
  __m256i first = _mm256_set1_epi8((char)set), second = _mm256_set1_epi8((char)(set >> 8));
  __m256i third = _mm256_set1_epi8((char)(set >> 16)), fourth = _mm256_set1_epi8((char)(set >> 24));
  __m256i high = _mm256_setzero_si256(), any = _mm256_setzero_si256();
  int64_t index = 0;
  for (; index + 32 <= count; index += 32) {
    __m256i chunk = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + index));
    __m256i hits = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(chunk, first), _mm256_cmpeq_epi8(chunk, second)),
        _mm256_or_si256(_mm256_cmpeq_epi8(chunk, third), _mm256_cmpeq_epi8(chunk, fourth)));
    high = _mm256_or_si256(high, chunk);
    any = _mm256_or_si256(any, hits);
  }
  kto_survey found = {_mm256_movemask_epi8(high) != 0, _mm256_movemask_epi8(any) != 0};
  return survey_from(bytes, index, count, set, found);
}

#endif

int64_t kto_find_any(kto_vectors vectors, const uint8_t *bytes, int64_t start, int64_t count, uint32_t set) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) return find_any_avx2(bytes, start, count, set);
#endif
  (void)vectors;
  return find_any_from(bytes, start, count, set);
}

kto_survey kto_survey_of(kto_vectors vectors, const uint8_t *bytes, int64_t count, uint32_t set) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) return survey_avx2(bytes, count, set);
#endif
  (void)vectors;
  return survey_from(bytes, 0, count, set, (kto_survey){0, 0});
}

int64_t kto_last_word_end(kto_vectors vectors, const uint8_t *bytes, int64_t first, int64_t end) {
#if KTO_X86
  if (vectors >= KTO_VECTORS_AVX2) return last_word_end_avx2(bytes, first, end);
#endif
  (void)vectors;
  return last_word_end_from(bytes, first, end);
}

int64_t kto_find_pattern(
    const uint8_t *bytes, int64_t start, int64_t count, const uint8_t *pattern, int64_t pattern_count) {
  const uint8_t *found = memmem(bytes + start, (size_t)(count - start), pattern, (size_t)pattern_count);
  return found ? found - bytes : -1;
}
