#include <oniguruma.h>

// The library's encoding and syntax are mutable globals, which Swift does not read; nothing writes them.
static inline OnigEncoding kto_onig_utf8(void) { return ONIG_ENCODING_UTF8; }
static inline OnigSyntaxType *kto_onig_syntax(void) { return ONIG_SYNTAX_ONIGURUMA; }
static inline int kto_onig_error_text(OnigUChar *text, int code, OnigErrorInfo *info) {
  return onig_error_code_to_str(text, code, info);
}
