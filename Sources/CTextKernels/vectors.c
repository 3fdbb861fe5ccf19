#include "vectors.h"

kto_vectors kto_best_vectors(void) {
#if KTO_X86
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
      !__builtin_cpu_supports("popcnt"))
    return KTO_VECTORS_BASELINE;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
    return KTO_VECTORS_AVX512;
  return KTO_VECTORS_AVX2;
#else
  return KTO_VECTORS_BASELINE;
#endif
}
