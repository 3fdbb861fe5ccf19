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
// What stands at both ends of a window: the id of no token.
#define KTO_BORDER_ID 0x1FFFFF

// The rank that a slot has for a pair, if it, or one behind it, is the pair's.
static inline uint32_t kto_rank_from(kto_merges merges, const uint64_t *slot, uint64_t pair) {
  while (1) {
    if (*slot >> 22 == pair) return (uint32_t)*slot & KTO_NO_MERGE;
    if (*slot == UINT64_MAX) return KTO_NO_MERGE;
    slot = merges.slots + ((uint64_t)(slot - merges.slots + 1) & merges.mask);
  }
}

// The rank of a pair's merge.
static inline uint32_t kto_merge_rank(kto_merges merges, uint32_t left, uint32_t right) {
  uint64_t pair = (uint64_t)left << 21 | right;
  uint64_t hash = pair * merges.multiplier;
  uint64_t bit = hash >> merges.filter_shift;
  if (!(merges.filter[bit >> 3] >> (bit & 7) & 1)) return KTO_NO_MERGE;
  return kto_rank_from(merges, merges.slots + (hash >> merges.shift), pair);
}

// Up to 512 symbols that lie side by side, and a border before the first, at −1, and behind the last. By position: the id
// of the token that begins there; the rank of its pair above 9 bits of the position, INT32_MAX where no token begins and
// at the last symbol and behind it, up to a multiple of 16; where it ends; and where the one before it begins.
typedef struct {
  uint32_t *ids;
  int32_t *keys;
  int16_t *nexts;
  int16_t *previouses;
  int64_t count;
  // Of the merge that is being made: its position, that of the token before it, and the pairs they make, each with the
  // slot where its rank would be.
  int64_t position, left;
  uint64_t pairs[2];
  const uint64_t *slots[2];
} kto_window;

// Merges the symbols of windows, none of them empty: in each the pair of lowest rank first, the leftmost where it occurs
// more than once. Some windows at a time go forward together, so that the memory which one needs comes while the others
// go on.
void kto_merge_windows(kto_vectors vectors, kto_window *windows, int64_t count, kto_merges merges);

#endif
