#ifndef KTO_BLOCK_LANES_H
#define KTO_BLOCK_LANES_H

#include <stdint.h>

#include "vectors.h"

// The lanes of a block of 64 bytes, in their order: a mask of 64 bits each. First those that characters beyond ASCII
// may be in.
enum {
  KTO_LANE_LETTER,
  KTO_LANE_NUMBER,
  KTO_LANE_SPACE,
  KTO_LANE_UPPER,
  KTO_LANE_LOWER,
  KTO_LANE_OTHER,
  KTO_LANE_NEWLINE,
  KTO_LANE_START,
  KTO_LANE_HIGH,
  KTO_LANE_BLANK,
  KTO_LANE_QUOTE,
  KTO_LANE_PIECE_START,
  KTO_LANE_SPECIAL,
  KTO_LANE_COUNT
};

// What the lanes `upper`, `lower` and `other` hold of ASCII.
typedef enum {
  KTO_MEANING_WORDS,      // nothing, nothing, and all but letters, numbers and white space
  KTO_MEANING_CASED,      // capitals, small letters, and the same
  KTO_MEANING_IDEOGRAPHS  // punctuation and symbols, nothing, and control characters
} kto_meaning;

// Fills the lanes of blocks of 64 bytes each with what their ASCII bytes are; all lanes but the last two.
// Answers whether a byte is not ASCII. Reads nothing beyond the blocks.
int kto_fill_lanes(kto_vectors vectors, const uint8_t *text, int64_t blocks, kto_meaning meaning, uint64_t *lanes);

// Writes the positions of a lane's bits, and answers how many they are. Up to 63 more places may be written.
int64_t kto_bit_positions(kto_vectors vectors, const uint64_t *lanes, int64_t blocks, int lane, uint32_t *positions);

#endif
