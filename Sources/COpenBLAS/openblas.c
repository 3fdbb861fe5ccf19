#include "openblas.h"

#include <dlfcn.h>

const char *openblas_load(openblas_functions *functions) {
  *functions = (openblas_functions){0};
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();

  openblas_functions found;
#define FIND(member, name) \
  if (!(*(void **)&found.member = dlsym(library, #name))) return dlerror();
  FIND(sgemm, cblas_sgemm)
  FIND(sgemv, cblas_sgemv)
  FIND(set_num_threads, openblas_set_num_threads)
  FIND(get_num_threads, openblas_get_num_threads)
  FIND(get_num_procs, openblas_get_num_procs)
  FIND(get_config, openblas_get_config)
  FIND(get_corename, openblas_get_corename)
#undef FIND
  *functions = found;
  return 0;
}
