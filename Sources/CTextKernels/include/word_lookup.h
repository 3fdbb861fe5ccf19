#ifndef KTO_WORD_LOOKUP_H
#define KTO_WORD_LOOKUP_H

#include <stdint.h>

#include "vectors.h"

// A word of up to 15 bytes as a number: its bytes, zeros, and in the topmost byte their count, which is 16 for all that
// are longer. Of a word in a table the topmost four bits are how many ids it has; no more than four where they are copied.
typedef struct {
  uint64_t low, high;
} kto_word_key;

typedef struct {
  kto_word_key key;
  uint32_t ids[4];
} kto_word_entry;

// A table of sets of two entries, all bits of whose keys are ones where they are free, and what looking up a batch of words
// writes, for each of them: its key, its hash, and its entry in the table; the places of those that are not there.
typedef struct {
  kto_word_entry *table;
  int64_t table_bits;  // of the number of sets
  uint64_t seed;
  kto_word_key *keys;
  uint64_t *hashes;
  kto_word_entry **found;
  uint32_t *missing;
} kto_word_lookup;

static inline uint64_t kto_word_hash(kto_word_key key, uint64_t seed) {
  __uint128_t product = (__uint128_t)(key.low ^ seed) * (key.high ^ 0x9E3779B97F4A7C15);
  return ((uint64_t)(product >> 64) ^ (uint64_t)product) * 0xD6E8FEB86659FD93;
}

// The set that a hash belongs to.
static inline kto_word_entry *kto_word_set(kto_word_lookup lookup, uint64_t hash) {
  return lookup.table + 2 * (hash >> (64 - lookup.table_bits));
}

// Looks up words that lie side by side, and answers how many are missing. Reads 16 bytes from the start of each word on.
int64_t kto_find_words(
    kto_vectors vectors, kto_word_lookup lookup, const uint8_t *text, int64_t start, const uint32_t *ends, int64_t count);

// Writes the ids of words that were found, and answers where they end. Writes four ids for each, whether or not there
// are as many.
static inline uint32_t *kto_copy_ids(
    kto_word_entry *const *found, int64_t first, int64_t end, uint32_t *output) {
  for (int64_t index = first; index < end; index++) {
    const kto_word_entry *entry = found[index];
    __builtin_memcpy(output, entry->ids, 16);
    output += entry->key.high >> 60;
  }
  return output;
}

#endif
