#ifndef KTO_MERGE_WINDOW_H
#define KTO_MERGE_WINDOW_H

#include <stdint.h>

#include "vectors.h"

// A view of merges. `slots` is a hash table by open addressing, with free slots (all ones): in each 42 bits of a pair of
// ids above 22 bits of the rank of their merge. `merged` gives the id that the merge of a rank makes. Most pairs do not
// merge, which a bit of `filter` tells nearly all of them: it is small enough to stay near.
typedef struct {
  const uint64_t *slots;
  uint64_t mask;
  uint64_t shift;
  const uint8_t *filter;
  uint64_t filter_shift;
  uint64_t multiplier;
  const uint32_t *merged;
} kto_merges;

// The rank of a pair that does not merge.
#define KTO_NO_MERGE 0x3FFFFF

// The rank of a pair's merge.
static inline uint32_t kto_merge_rank(kto_merges merges, uint32_t left, uint32_t right) {
  uint64_t key = (uint64_t)left << 21 | right;
  uint64_t hash = key * merges.multiplier;
  uint64_t bit = hash >> merges.filter_shift;
  if (!(merges.filter[bit >> 3] >> (bit & 7) & 1)) return KTO_NO_MERGE;
  uint64_t index = hash >> merges.shift;
  while (1) {
    uint64_t slot = merges.slots[index];
    if (slot >> 22 == key) {
      uint32_t rank = (uint32_t)slot & KTO_NO_MERGE;
      // Will be read if this merge is made.
      __builtin_prefetch(merges.merged + rank);
      return rank;
    }
    if (slot == UINT64_MAX) return KTO_NO_MERGE;
    index = (index + 1) & merges.mask;
  }
}

// Symbols that lie side by side, up to 512. By position: the id of the token that begins there; the rank of its pair
// above 9 bits of the position, INT32_MAX where no token begins; where it ends; and where the one before it begins.
typedef struct {
  uint32_t *ids;
  int32_t *keys;
  uint16_t *nexts;
  uint16_t *previouses;
} kto_window;

// Merges 1 to 512 symbols whose ids and keys are there: the pair of lowest rank first, the leftmost where it occurs
// more than once. There is room for 16 symbols more.
void kto_merge_window(kto_vectors vectors, kto_window window, int64_t count, kto_merges merges);

#endif
