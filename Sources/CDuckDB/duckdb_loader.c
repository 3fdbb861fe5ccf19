#include "duckdb_loader.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Python's package of DuckDB is a module, duckdb.cpython-311-….so, that needs the names of Python's own library.
static void load_python_for(const char *path) {
  const char *mark = strstr(path, ".cpython-3");
  if (!mark) return;
  char name[64];
  snprintf(name, sizeof name, "libpython3.%d.so.1.0", atoi(mark + strlen(".cpython-3")));
  dlopen(name, RTLD_LAZY | RTLD_GLOBAL);
}

const char *kto_duckdb_load(const char *path, kto_duckdb_functions *functions) {
  *functions = (kto_duckdb_functions){0};
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    load_python_for(path);
    library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  }
  if (!library) return dlerror();

  kto_duckdb_functions found;
#define FIND(member, name) \
  if (!(*(void **)&found.member = dlsym(library, #name))) return dlerror();
  FIND(open_ext, duckdb_open_ext)
  FIND(close, duckdb_close)
  FIND(connect, duckdb_connect)
  FIND(disconnect, duckdb_disconnect)
  FIND(query, duckdb_query)
  FIND(prepare, duckdb_prepare)
  FIND(prepare_error, duckdb_prepare_error)
  FIND(destroy_prepare, duckdb_destroy_prepare)
  FIND(pending_streaming, duckdb_pending_prepared_streaming)
  FIND(pending_error, duckdb_pending_error)
  FIND(execute_pending, duckdb_execute_pending)
  FIND(destroy_pending, duckdb_destroy_pending)
  FIND(result_error, duckdb_result_error)
  FIND(destroy_result, duckdb_destroy_result)
  FIND(fetch_chunk, duckdb_fetch_chunk)
  FIND(chunk_size, duckdb_data_chunk_get_size)
  FIND(chunk_vector, duckdb_data_chunk_get_vector)
  FIND(vector_data, duckdb_vector_get_data)
  FIND(destroy_chunk, duckdb_destroy_data_chunk)
  FIND(free, duckdb_free)
  FIND(version, duckdb_library_version)
#undef FIND
  *functions = found;
  return 0;
}

const char *kto_duckdb_text(const void *vector_data, uint64_t row, size_t *length) {
  // 16 bytes a text: its length, and either up to 12 bytes of it or 4 of them and where it lies.
  const char *cell = (const char *)vector_data + 16 * row;
  uint32_t count;
  memcpy(&count, cell, sizeof count);
  *length = count;
  if (count <= 12) return cell + 4;
  const char *text;
  memcpy(&text, cell + 8, sizeof text);
  return text;
}
