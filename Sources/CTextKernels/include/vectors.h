#ifndef KTO_VECTORS_H
#define KTO_VECTORS_H

// Processors' vectors, each with those before it.
typedef enum { KTO_VECTORS_BASELINE, KTO_VECTORS_AVX2, KTO_VECTORS_AVX512 } kto_vectors;

// The best that this processor has.
kto_vectors kto_best_vectors(void);

#if defined(__x86_64__)
#define KTO_X86 1
#define KTO_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define KTO_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))
#else
#define KTO_X86 0
#endif

// For what is compiled once for each of them.
#define KTO_INLINE static inline __attribute__((always_inline))

#endif
