#include "CSimdjson.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <string>
#include <vector>

namespace od = simdjson::ondemand;

struct kto_json_parser {
  od::parser parser;
  std::vector<kto_json_entry> tape;
  const char *base = nullptr;
  size_t count = 0;
  size_t max_depth = 0;
};

namespace {

using simdjson::error_code;

int status_of(error_code code) {
  switch (code) {
  case simdjson::SUCCESS: return KTO_JSON_OK;
  case simdjson::DEPTH_ERROR: return KTO_JSON_TOO_DEEP;
  case simdjson::UTF8_ERROR: return KTO_JSON_INVALID_UTF8;
  case simdjson::UNCLOSED_STRING:
  case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return KTO_JSON_TRUNCATED;
  case simdjson::TRAILING_CONTENT: return KTO_JSON_TRAILING_CONTENT;
  case simdjson::STRING_ERROR:
  case simdjson::UNESCAPED_CHARS: return KTO_JSON_INVALID_STRING;
  case simdjson::NUMBER_ERROR: return KTO_JSON_INVALID_NUMBER;
  case simdjson::EMPTY: return KTO_JSON_EMPTY;
  case simdjson::MEMALLOC:
  case simdjson::CAPACITY: return KTO_JSON_OUT_OF_MEMORY;
  default: return KTO_JSON_SYNTAX;
  }
}

struct Failure {
  error_code code;
  size_t offset;
};

// A walker keeps where it is, so that an error without a location of its own still has one.
struct Walker {
  kto_json_parser &state;
  size_t here = 0;

  size_t offset_of(const char *p) const { return static_cast<size_t>(p - state.base); }

  void emit(kto_json_kind kind, size_t offset, const char *text = nullptr, uint64_t bits = 0) {
    state.tape.push_back(kto_json_entry{text, bits, offset, static_cast<uint32_t>(kind), 0});
  }

  void check(error_code code) const {
    if (code) throw Failure{code, here};
  }

  void number(std::string_view raw, size_t at) {
    size_t length = 0;
    while (length < raw.size() && raw[length] != 0 && std::strchr("+-0123456789.eE", raw[length])) length++;
    std::string text(raw.substr(0, length));
    bool integral = text.find_first_of(".eE") == std::string::npos;
    if (integral) {
      errno = 0;
      char *end = nullptr;
      long long parsed = std::strtoll(text.c_str(), &end, 10);
      if (errno == 0 && *end == 0) {
        emit(KTO_JSON_INTEGER, at, nullptr, static_cast<uint64_t>(parsed));
        return;
      }
    }
    double parsed = std::strtod(text.c_str(), nullptr);
    uint64_t bits;
    std::memcpy(&bits, &parsed, sizeof bits);
    emit(KTO_JSON_DOUBLE, at, nullptr, bits);
  }

  // JSON's own grammar, which strtod is more generous than.
  static bool is_number(std::string_view raw) {
    size_t i = 0, n = raw.size();
    auto digits = [&] { size_t s = i; while (i < n && raw[i] >= '0' && raw[i] <= '9') i++; return i - s; };
    if (i < n && raw[i] == '-') i++;
    if (i < n && raw[i] == '0') i++; else if (digits() == 0) return false;
    if (i < n && raw[i] == '.') { i++; if (digits() == 0) return false; }
    if (i < n && (raw[i] == 'e' || raw[i] == 'E')) {
      i++;
      if (i < n && (raw[i] == '+' || raw[i] == '-')) i++;
      if (digits() == 0) return false;
    }
    return i == n || std::strchr(" \t\n\r,]}", raw[i]) != nullptr;
  }

  template <typename Value> void value(Value &v, size_t depth) {
    if (depth > state.max_depth) throw Failure{simdjson::DEPTH_ERROR, here};
    od::json_type type;
    check(v.type().get(type));
    std::string_view token;
    if constexpr (std::is_same_v<Value, od::document>) {
      check(v.raw_json_token().get(token));
    } else {
      token = v.raw_json_token();
    }
    size_t at = offset_of(token.data());
    here = at;
    switch (type) {
    case od::json_type::array: {
      od::array array;
      check(v.get_array().get(array));
      emit(KTO_JSON_ARRAY_BEGIN, at);
      for (auto element : array) {
        od::value item;
        check(std::move(element).get(item));
        value(item, depth + 1);
      }
      emit(KTO_JSON_ARRAY_END, at);
      break;
    }
    case od::json_type::object: {
      od::object object;
      check(v.get_object().get(object));
      emit(KTO_JSON_OBJECT_BEGIN, at);
      for (auto member : object) {
        od::field field;
        check(std::move(member).get(field));
        size_t key_at = offset_of(field.key().raw()) - 1;
        here = key_at;
        std::string_view key;
        check(field.unescaped_key().get(key));
        emit(KTO_JSON_KEY, key_at, key.data(), key.size());
        od::value item = field.value();
        value(item, depth + 1);
      }
      emit(KTO_JSON_OBJECT_END, at);
      break;
    }
    case od::json_type::string: {
      std::string_view text;
      check(v.get_string().get(text));
      emit(KTO_JSON_STRING, at, text.data(), text.size());
      break;
    }
    case od::json_type::number: {
      std::string_view raw(token);
      if (!is_number(std::string_view(token.data(), std::min(token.size() + 1, state.count - at))))
        throw Failure{simdjson::NUMBER_ERROR, at};
      number(raw, at);
      // Consumes the token, so that iteration goes on behind it.
      double ignored;
      check(v.get_double().get(ignored));
      break;
    }
    case od::json_type::boolean: {
      bool flag;
      check(v.get_bool().get(flag));
      emit(flag ? KTO_JSON_TRUE : KTO_JSON_FALSE, at);
      break;
    }
    case od::json_type::null: {
      if (token.substr(0, 4) != "null") throw Failure{simdjson::N_ATOM_ERROR, at};
      bool is_null;
      check(v.is_null().get(is_null));
      if (!is_null) throw Failure{simdjson::N_ATOM_ERROR, at};
      emit(KTO_JSON_NULL, at);
      break;
    }
    }
  }
};

}  // namespace

extern "C" {

kto_json_parser *kto_json_parser_new(size_t max_depth) {
  auto *parser = new (std::nothrow) kto_json_parser();
  if (parser) parser->max_depth = max_depth;
  return parser;
}

void kto_json_parser_free(kto_json_parser *parser) { delete parser; }

size_t kto_json_padding(void) { return simdjson::SIMDJSON_PADDING; }

int kto_json_parse(kto_json_parser *parser, const char *bytes, size_t count, size_t *error_offset) {
  parser->tape.clear();
  parser->base = bytes;
  parser->count = count;
  *error_offset = 0;
  Walker walker{*parser};
  try {
    // Hardly any document has more values; memory that is not written to takes none.
    parser->tape.reserve(count / 16);
    if (parser->parser.capacity() < count || parser->parser.max_depth() < parser->max_depth + 2) {
      error_code code = parser->parser.allocate(count, parser->max_depth + 2);
      if (code) return status_of(code);
    }
    od::document document;
    error_code code = parser->parser
                          .iterate(bytes, count, count + simdjson::SIMDJSON_PADDING)
                          .get(document);
    if (code) {
      *error_offset = code == simdjson::UTF8_ERROR ? 0 : count;
      return status_of(code);
    }
    walker.value(document, 0);
    // A location means that tokens are left behind the value.
    const char *location = nullptr;
    if (document.current_location().get(location) == simdjson::SUCCESS) {
      *error_offset = walker.offset_of(location);
      return KTO_JSON_TRAILING_CONTENT;
    }
    return KTO_JSON_OK;
  } catch (const Failure &failure) {
    int status = status_of(failure.code);
    *error_offset = status == KTO_JSON_TRUNCATED ? count : failure.offset;
    return status;
  } catch (const std::bad_alloc &) {
    return KTO_JSON_OUT_OF_MEMORY;
  } catch (...) {
    *error_offset = walker.here;
    return KTO_JSON_SYNTAX;
  }
}

int kto_is_valid_utf8(const char *bytes, size_t count) { return simdjson::validate_utf8(bytes, count); }

const kto_json_entry *kto_json_tape(const kto_json_parser *parser, size_t *count) {
  *count = parser->tape.size();
  return parser->tape.data();
}

const char *kto_json_library_version(void) { return SIMDJSON_STRINGIFY(SIMDJSON_VERSION); }

const char *kto_json_implementation(void) {
  static const std::string name = simdjson::get_active_implementation()->name();
  return name.c_str();
}

}  // extern "C"
