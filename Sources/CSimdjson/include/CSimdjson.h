#ifndef KTO_CSIMDJSON_H
#define KTO_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What one entry of the tape is. A container is a begin, its members, and an end; a member of an
// object is a key followed by its value.
enum kto_json_kind {
  KTO_JSON_NULL = 0,
  KTO_JSON_FALSE = 1,
  KTO_JSON_TRUE = 2,
  KTO_JSON_INTEGER = 3,
  KTO_JSON_DOUBLE = 4,
  KTO_JSON_STRING = 5,
  KTO_JSON_KEY = 6,
  KTO_JSON_ARRAY_BEGIN = 7,
  KTO_JSON_ARRAY_END = 8,
  KTO_JSON_OBJECT_BEGIN = 9,
  KTO_JSON_OBJECT_END = 10,
};

enum kto_json_status {
  KTO_JSON_OK = 0,
  KTO_JSON_TOO_DEEP = 1,
  KTO_JSON_INVALID_UTF8 = 2,
  KTO_JSON_TRUNCATED = 3,
  KTO_JSON_TRAILING_CONTENT = 4,
  KTO_JSON_INVALID_STRING = 5,
  KTO_JSON_INVALID_NUMBER = 6,
  KTO_JSON_EMPTY = 7,
  KTO_JSON_OUT_OF_MEMORY = 8,
  KTO_JSON_SYNTAX = 9,
};

typedef struct {
  const char *text;  // STRING, KEY: the unescaped bytes, owned by the parser until its next parse
  uint64_t bits;     // STRING, KEY: byte count of text. INTEGER: int64_t. DOUBLE: its IEEE bits
  uint64_t offset;   // byte offset of the value's first byte in the input
  uint32_t kind;     // enum kto_json_kind
  uint32_t padding;
} kto_json_entry;

typedef struct kto_json_parser kto_json_parser;

// Returns NULL when memory is short. Free with kto_json_parser_free.
kto_json_parser *kto_json_parser_new(size_t max_depth);
void kto_json_parser_free(kto_json_parser *parser);

// Bytes that must be readable (their content is ignored) after the input given to kto_json_parse.
size_t kto_json_padding(void);

// Parses one document. Returns an enum kto_json_status; *error_offset is where it went wrong.
int kto_json_parse(kto_json_parser *parser, const char *bytes, size_t count, size_t *error_offset);

// Whether bytes are valid UTF-8.
int kto_is_valid_utf8(const char *bytes, size_t count);

// The tape of the last successful parse, valid until the next parse.
const kto_json_entry *kto_json_tape(const kto_json_parser *parser, size_t *count);

// The version of the simdjson that this was built with, and the name of the implementation it chose for this
// processor, such as "3.1.7" and "icelake". Both are static.
const char *kto_json_library_version(void);
const char *kto_json_implementation(void);

#ifdef __cplusplus
}
#endif

#endif
