#include "word_lookup.h"

#include <string.h>

#if KTO_X86
#include <immintrin.h>
#endif

static const uint8_t ones_and_zeros[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

// The key of a word, without a branch on its length.
KTO_INLINE kto_word_key key_of(const uint8_t *word, int64_t length) {
  int64_t count = length < 16 ? length : 16;
  kto_word_key key, mask;
  memcpy(&key, word, 16);
  memcpy(&mask, ones_and_zeros + 16 - count, 16);
  key.low &= mask.low;
  key.high = (key.high & mask.high & UINT64_MAX >> 8) | (uint64_t)count << 56;
  return key;
}

// Zero where the entry is the key's: all bits equal but the count of ids.
KTO_INLINE uint64_t difference(const kto_word_entry *entry, kto_word_key key) {
  return (entry->key.low ^ key.low) | (entry->key.high ^ key.high) << 4;
}

KTO_INLINE int64_t find_words(
    kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count) {
  for (int64_t index = 0; index < count; index++) {
    int64_t end = ends[index];
    kto_word_key key = key_of(text + start, end - start);
    uint64_t hash = kto_word_hash(key, lookup.seed);
    kto_word_entry *set = kto_word_set(lookup, hash);
    __builtin_prefetch(set);
    lookup.keys[index] = key;
    lookup.hashes[index] = hash;
    lookup.found[index] = set;
    start = end;
  }
  int64_t missing = 0;
  for (int64_t index = 0; index < count; index++) {
    kto_word_key key = lookup.keys[index];
    kto_word_entry *set = lookup.found[index];
    uint64_t first = difference(set, key), second = difference(set + 1, key);
    lookup.found[index] = set + (first != 0);
    lookup.missing[missing] = (uint32_t)index;
    missing += (first != 0) & (second != 0);
  }
  return missing;
}

static int64_t find_words_baseline(
    kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count) {
  return find_words(lookup, text, start, ends, count);
}

#if KTO_X86

KTO_AVX2 static int64_t find_words_avx2(
    kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count) {
  return find_words(lookup, text, start, ends, count);
}

KTO_AVX512 static int64_t find_words_avx512(
    kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count) {
  uint64_t shift = 64 - (uint64_t)lookup.table_bits;
  for (int64_t index = 0; index < count; index++) {
    int64_t end = ends[index], length = end - start;
    uint32_t size = length < 16 ? (uint32_t)length : 16;
    __m128i bytes = _mm_maskz_loadu_epi8((__mmask16)_bzhi_u32(0xFFFF, size), text + start);
    bytes = _mm_insert_epi8(bytes, (int)size, 15);
    _mm_storeu_si128((__m128i *)(void *)(lookup.keys + index), bytes);
    kto_word_key key = {(uint64_t)_mm_cvtsi128_si64(bytes), (uint64_t)_mm_extract_epi64(bytes, 1)};
    uint64_t hash = kto_word_hash(key, lookup.seed);
    kto_word_entry *set = lookup.table + 2 * (hash >> shift);
    __builtin_prefetch(set);
    lookup.hashes[index] = hash;
    lookup.found[index] = set;
    start = end;
  }
  // All bits of a key but the count of ids.
  __m512i compared = _mm512_set_epi64(0, 0, INT64_MAX >> 3, -1, 0, 0, INT64_MAX >> 3, -1);
  int64_t missing = 0;
  for (int64_t index = 0; index < count; index++) {
    __m128i key = _mm_loadu_si128((const __m128i *)(const void *)(lookup.keys + index));
    kto_word_entry *set = lookup.found[index];
    __m512i differences = _mm512_xor_si512(_mm512_loadu_si512(set), _mm512_broadcast_i32x4(key));
    uint32_t different = _mm512_test_epi64_mask(differences, compared);
    uint32_t first = (different & 0x03) != 0, second = (different & 0x30) != 0;
    lookup.found[index] = set + first;
    lookup.missing[missing] = (uint32_t)index;
    missing += first & second;
  }
  return missing;
}

#endif

int64_t kto_find_words(
    kto_vectors vectors, kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count) {
#if KTO_X86
  if (vectors == KTO_VECTORS_AVX512) return find_words_avx512(lookup, text, start, ends, count);
  if (vectors == KTO_VECTORS_AVX2) return find_words_avx2(lookup, text, start, ends, count);
#endif
  (void)vectors;
  return find_words_baseline(lookup, text, start, ends, count);
}
