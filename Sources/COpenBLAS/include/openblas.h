#ifndef KTO_OPENBLAS_H
#define KTO_OPENBLAS_H

#include <cblas.h>

// OpenBLAS, loaded when it is first needed. Linked, it would start with every command, and its helper threads spin
// for a tenth of a second on cores that reading data wants.

// The functions in use, with the types of <cblas.h>; all null before `openblas_load` and where it failed.
typedef struct {
  __typeof__(&cblas_sgemm) sgemm;
  __typeof__(&cblas_sgemv) sgemv;
  __typeof__(&openblas_set_num_threads) set_num_threads;
  __typeof__(&openblas_get_num_threads) get_num_threads;
  __typeof__(&openblas_get_num_procs) get_num_procs;
  __typeof__(&openblas_get_config) get_config;
  __typeof__(&openblas_get_corename) get_corename;
} openblas_functions;

// Fills the functions. Returns null, or why the library cannot be loaded, as the dynamic linker says it.
const char *openblas_load(openblas_functions *functions);

#endif
