#include "block_lanes.h"

#include "byte_masks.h"

#if KTO_X86
#include <immintrin.h>
#endif

// Writes a block's lanes, but for the last two.
KTO_INLINE void write_lanes(kto_byte_masks masks, kto_meaning meaning, uint64_t *lanes) {
  uint64_t letters = masks.upper | masks.lower;
  uint64_t others = ~(letters | masks.digit | masks.space | masks.high);
  lanes[KTO_LANE_LETTER] = letters;
  lanes[KTO_LANE_NUMBER] = masks.digit;
  lanes[KTO_LANE_SPACE] = masks.space;
  lanes[KTO_LANE_UPPER] = meaning == KTO_MEANING_CASED ? masks.upper
                          : meaning == KTO_MEANING_IDEOGRAPHS ? others & ~masks.control
                                                              : 0;
  lanes[KTO_LANE_LOWER] = meaning == KTO_MEANING_CASED ? masks.lower : 0;
  lanes[KTO_LANE_OTHER] = meaning == KTO_MEANING_IDEOGRAPHS ? others & masks.control : others;
  lanes[KTO_LANE_NEWLINE] = masks.newline;
  lanes[KTO_LANE_START] = ~masks.inner;
  lanes[KTO_LANE_HIGH] = masks.high;
  lanes[KTO_LANE_BLANK] = masks.blank;
  lanes[KTO_LANE_QUOTE] = masks.quote;
}

static int fill_lanes_baseline(const uint8_t *text, int64_t blocks, kto_meaning meaning, uint64_t *lanes) {
  uint64_t high = 0;
  for (int64_t block = 0; block < blocks; block++) {
    kto_byte_masks masks = kto_byte_masks_of(text + block * 64);
    write_lanes(masks, meaning, lanes + block * KTO_LANE_COUNT);
    high |= masks.high;
  }
  return high != 0;
}

// The places of a word's bits, eight at a time, whether or not there are as many: what is too much will be overwritten.
KTO_INLINE int64_t bit_positions(const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions) {
  uint32_t *next = positions;
  for (int64_t block = 0; block < blocks; block++) {
    uint64_t bits = lanes[block * KTO_LANE_COUNT + lane];
    uint32_t first = (uint32_t)block * 64;
    int count = __builtin_popcountll(bits);
    for (int written = 0; written < count; written += 8) {
      for (int place = 0; place < 8; place++) {
        next[written + place] = first + (uint32_t)(bits == 0 ? 0 : __builtin_ctzll(bits));
        bits &= bits - 1;
      }
    }
    next += count;
  }
  return next - positions;
}

static int64_t bit_positions_baseline(const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions) {
  return bit_positions(lanes, blocks, lane, positions);
}

#if KTO_X86

// The masks of a block by two macros of the vectors at hand: where bytes are in a range, and where they are one byte.
#define KTO_CLASSIFY(masks, meaning)                                                                         \
  masks.upper = KTO_RANGE('A', 'Z');                                                                         \
  masks.lower = KTO_RANGE('a', 'z');                                                                         \
  masks.digit = KTO_RANGE('0', '9');                                                                         \
  masks.blank = KTO_BYTE(' ');                                                                               \
  masks.space = KTO_RANGE(9, 13) | masks.blank;                                                              \
  masks.newline = KTO_BYTE(10) | KTO_BYTE(13);                                                               \
  masks.control = meaning == KTO_MEANING_IDEOGRAPHS ? (KTO_RANGE(0, 31) & ~masks.space) | KTO_BYTE(127) : 0; \
  masks.quote = KTO_BYTE('\'');                                                                              \
  masks.inner = KTO_RANGE(0x80, 0xBF)

KTO_AVX2 static inline uint64_t mask_of_halves(__m256i low, __m256i high) {
  return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

KTO_AVX2 static inline __m256i is_in_range(__m256i bytes, uint8_t low, uint8_t high) {
  __m256i distance = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)low));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(distance, _mm256_set1_epi8((char)(high - low))), distance);
}

KTO_AVX2 static inline __m256i is_byte(__m256i bytes, char byte) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

#define KTO_RANGE(first, last) mask_of_halves(is_in_range(low, first, last), is_in_range(high, first, last))
#define KTO_BYTE(byte) mask_of_halves(is_byte(low, byte), is_byte(high, byte))

KTO_AVX2 static int fill_lanes_avx2(const uint8_t *text, int64_t blocks, kto_meaning meaning, uint64_t *lanes) {
  uint64_t all_high = 0;
  for (int64_t block = 0; block < blocks; block++) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(text + block * 64));
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + block * 64 + 32));
    kto_byte_masks masks;
    KTO_CLASSIFY(masks, meaning);
    masks.high = mask_of_halves(low, high);
    write_lanes(masks, meaning, lanes + block * KTO_LANE_COUNT);
    all_high |= masks.high;
  }
  return all_high != 0;
}

#undef KTO_RANGE
#undef KTO_BYTE

KTO_AVX2 static int64_t bit_positions_avx2(const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions) {
  return bit_positions(lanes, blocks, lane, positions);
}

#define KTO_RANGE(first, last)                                                              \
  _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8((char)(first))), \
                         _mm512_set1_epi8((char)((last) - (first))))
#define KTO_BYTE(byte) _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte))

KTO_AVX512 static int fill_lanes_avx512(const uint8_t *text, int64_t blocks, kto_meaning meaning, uint64_t *lanes) {
  uint64_t all_high = 0;
  for (int64_t block = 0; block < blocks; block++) {
    __m512i bytes = _mm512_loadu_si512(text + block * 64);
    kto_byte_masks masks;
    KTO_CLASSIFY(masks, meaning);
    masks.high = _mm512_movepi8_mask(bytes);
    write_lanes(masks, meaning, lanes + block * KTO_LANE_COUNT);
    all_high |= masks.high;
  }
  return all_high != 0;
}

KTO_AVX512 static int64_t bit_positions_avx512(const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions) {
  uint8_t places[64];
  for (int place = 0; place < 64; place++) places[place] = (uint8_t)place;
  __m512i all = _mm512_loadu_si512(places);
  uint32_t *next = positions;
  for (int64_t block = 0; block < blocks; block++) {
    uint64_t bits = lanes[block * KTO_LANE_COUNT + lane];
    __m512i set = _mm512_maskz_compress_epi8(bits, all);
    __m512i first = _mm512_set1_epi32((int)(block * 64));
    int count = __builtin_popcountll(bits);
    // Most blocks have no more than 32 pieces.
    _mm512_storeu_si512(next, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set))));
    _mm512_storeu_si512(
        next + 16, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1))));
    if (count > 32) {
      _mm512_storeu_si512(
          next + 32, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2))));
      _mm512_storeu_si512(
          next + 48, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3))));
    }
    next += count;
  }
  return next - positions;
}

#endif

int kto_fill_lanes(kto_vectors vectors, const uint8_t *text, int64_t blocks, kto_meaning meaning, uint64_t *lanes) {
#if KTO_X86
  if (vectors == KTO_VECTORS_AVX512) return fill_lanes_avx512(text, blocks, meaning, lanes);
  if (vectors == KTO_VECTORS_AVX2) return fill_lanes_avx2(text, blocks, meaning, lanes);
#endif
  (void)vectors;
  return fill_lanes_baseline(text, blocks, meaning, lanes);
}

int64_t kto_bit_positions(kto_vectors vectors, const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions) {
#if KTO_X86
  if (vectors == KTO_VECTORS_AVX512) return bit_positions_avx512(lanes, blocks, lane, positions);
  if (vectors == KTO_VECTORS_AVX2) return bit_positions_avx2(lanes, blocks, lane, positions);
#endif
  (void)vectors;
  return bit_positions_baseline(lanes, blocks, lane, positions);
}
