#ifndef KTO_BYTE_MASKS_H
#define KTO_BYTE_MASKS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// The classes of the ASCII bytes in a block of 64, a bit a byte (the first byte is the lowest bit). Bytes that are
// not ASCII have a bit in `high` alone.
typedef struct {
  uint64_t upper;    // A-Z
  uint64_t lower;    // a-z
  uint64_t digit;    // 0-9
  uint64_t space;    // tab, line feed, vertical tab, form feed, carriage return, space
  uint64_t newline;  // line feed, carriage return
  uint64_t control;  // the rest below 0x20, and 0x7F
  uint64_t high;     // 0x80 and above
  uint64_t inner;    // 0x80 to 0xBF: not the first byte of a character
  uint64_t blank;    // the space alone
  uint64_t quote;    // the apostrophe
} kto_byte_masks;

// The scalar twin of kto_byte_masks_of, for other processors and for its test.
static inline kto_byte_masks kto_byte_masks_scalar(const uint8_t *bytes) {
  kto_byte_masks masks = {0};
  for (int index = 0; index < 64; index++) {
    uint64_t bit = (uint64_t)1 << index;
    uint8_t byte = bytes[index];
    if (byte >= 'A' && byte <= 'Z') masks.upper |= bit;
    if (byte >= 'a' && byte <= 'z') masks.lower |= bit;
    if (byte >= '0' && byte <= '9') masks.digit |= bit;
    if (byte == ' ' || (byte >= 9 && byte <= 13)) masks.space |= bit;
    if (byte == 10 || byte == 13) masks.newline |= bit;
    if (byte < 9 || (byte > 13 && byte < 32) || byte == 127) masks.control |= bit;
    if (byte >= 0x80) masks.high |= bit;
    if ((byte & 0xC0) == 0x80) masks.inner |= bit;
    if (byte == ' ') masks.blank |= bit;
    if (byte == '\'') masks.quote |= bit;
  }
  return masks;
}

#if defined(__SSE2__)

// Whether low <= byte <= high, for bytes as signed numbers: those above 0x7F are below every ASCII byte.
static inline uint64_t kto_in_range(__m128i bytes, char low, char high) {
  __m128i above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1)));
  __m128i below = _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(high + 1)));
  return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_and_si128(above, below));
}

static inline uint64_t kto_is(__m128i bytes, char byte) {
  return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}

// Reads 64 bytes, which need not be aligned.
static inline kto_byte_masks kto_byte_masks_of(const uint8_t *bytes) {
  kto_byte_masks masks = {0};
  for (int part = 0; part < 4; part++) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * part));
    int shift = 16 * part;
    uint64_t white = kto_in_range(chunk, 9, 13);
    uint64_t low = kto_in_range(chunk, 0, 31);
    masks.upper |= kto_in_range(chunk, 'A', 'Z') << shift;
    masks.lower |= kto_in_range(chunk, 'a', 'z') << shift;
    masks.digit |= kto_in_range(chunk, '0', '9') << shift;
    uint64_t blank = kto_is(chunk, ' ');
    masks.space |= (white | blank) << shift;
    masks.blank |= blank << shift;
    masks.quote |= kto_is(chunk, '\'') << shift;
    masks.newline |= (kto_is(chunk, 10) | kto_is(chunk, 13)) << shift;
    masks.control |= ((low & ~white) | kto_is(chunk, 127)) << shift;
    masks.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(chunk) << shift;
    masks.inner |= (uint64_t)(uint32_t)_mm_movemask_epi8(
                       _mm_cmplt_epi8(chunk, _mm_set1_epi8((char)0xC0)))
                   << shift;
  }
  return masks;
}

#else

static inline kto_byte_masks kto_byte_masks_of(const uint8_t *bytes) { return kto_byte_masks_scalar(bytes); }

#endif

// The bytes in a block of 64 that are `byte`, a bit a byte.
static inline uint64_t kto_equal_mask(const uint8_t *bytes, uint8_t byte) {
  uint64_t mask = 0;
#if defined(__SSE2__)
  for (int part = 0; part < 4; part++) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * part));
    mask |= kto_is(chunk, (char)byte) << (16 * part);
  }
#else
  for (int index = 0; index < 64; index++)
    if (bytes[index] == byte) mask |= (uint64_t)1 << index;
#endif
  return mask;
}

// Asks the processor to bring the cache line of `address` near. Never faults.
static inline void kto_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
