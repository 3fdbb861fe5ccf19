#ifndef KTO_TEXT_SEARCH_H
#define KTO_TEXT_SEARCH_H

#include <stdint.h>

#include "vectors.h"

// The index of the first byte from `start` on that is one of the four in `set`; `count` where none is.
int64_t kto_find_any(kto_vectors vectors, const uint8_t *bytes, int64_t start, int64_t count, uint32_t set);

// The last index in first..<end at which a blank or a line feed stands behind an ASCII letter; `first` − 1 where none does.
int64_t kto_last_word_end(kto_vectors vectors, const uint8_t *bytes, int64_t first, int64_t end);

// What a look at all of a text tells.
typedef struct {
  int has_high;  // a byte of 0x80 or above
  int has_any;   // one of the four bytes in `set`
} kto_survey;

kto_survey kto_survey_of(kto_vectors vectors, const uint8_t *bytes, int64_t count, uint32_t set);

// The index of the first occurrence of a pattern from `start` on, or −1: the C library's search, which takes linear time
// whatever the pattern is, and which Swift's module of the C library leaves out.
int64_t kto_find_pattern(
    const uint8_t *bytes, int64_t start, int64_t count, const uint8_t *pattern, int64_t pattern_count);

#endif
