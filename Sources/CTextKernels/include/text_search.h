#ifndef KTO_TEXT_SEARCH_H
#define KTO_TEXT_SEARCH_H

#include <stdint.h>

#include "vectors.h"

// The index of the first byte from `start` on that is one of the four in `set`; `count` where none is.
int64_t kto_find_any(kto_vectors vectors, const uint8_t *bytes, int64_t start, int64_t count, uint32_t set);

// Whether all bytes are below 0x80.
int kto_is_ascii(kto_vectors vectors, const uint8_t *bytes, int64_t count);

#endif
