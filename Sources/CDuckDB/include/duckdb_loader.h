#ifndef KTO_DUCKDB_LOADER_H
#define KTO_DUCKDB_LOADER_H

#include <stddef.h>
#include <stdint.h>

// DuckDB's C interface, loaded where it is needed: no package of Debian has it, and few inputs are Parquet files. The
// types are those of the documented interface, which has kept them since version 1.0; handles are pointers that the
// library owns until their destructor is called.

typedef void *kto_duckdb_handle;

// The result of a query. Only the library looks inside.
typedef struct {
  uint64_t counts[3];
  void *pointers[3];
} kto_duckdb_result;

typedef struct {
  int (*open_ext)(const char *path, kto_duckdb_handle *database, kto_duckdb_handle config, char **error);
  void (*close)(kto_duckdb_handle *database);
  int (*connect)(kto_duckdb_handle database, kto_duckdb_handle *connection);
  void (*disconnect)(kto_duckdb_handle *connection);
  int (*query)(kto_duckdb_handle connection, const char *sql, kto_duckdb_result *result);
  int (*prepare)(kto_duckdb_handle connection, const char *sql, kto_duckdb_handle *statement);
  const char *(*prepare_error)(kto_duckdb_handle statement);
  void (*destroy_prepare)(kto_duckdb_handle *statement);
  int (*pending_streaming)(kto_duckdb_handle statement, kto_duckdb_handle *pending);
  const char *(*pending_error)(kto_duckdb_handle pending);
  int (*execute_pending)(kto_duckdb_handle pending, kto_duckdb_result *result);
  void (*destroy_pending)(kto_duckdb_handle *pending);
  const char *(*result_error)(kto_duckdb_result *result);
  void (*destroy_result)(kto_duckdb_result *result);
  kto_duckdb_handle (*fetch_chunk)(kto_duckdb_result result);
  uint64_t (*chunk_size)(kto_duckdb_handle chunk);
  kto_duckdb_handle (*chunk_vector)(kto_duckdb_handle chunk, uint64_t column);
  void *(*vector_data)(kto_duckdb_handle vector);
  void (*destroy_chunk)(kto_duckdb_handle *chunk);
  void (*free)(void *memory);
  const char *(*version)(void);
} kto_duckdb_functions;

// Fills the functions from a shared object. Returns null, or why it cannot be loaded, as the dynamic linker says it.
const char *kto_duckdb_load(const char *path, kto_duckdb_functions *functions);

// A text in a vector of texts, which belongs to the chunk.
const char *kto_duckdb_text(const void *vector_data, uint64_t row, size_t *length);

#endif
