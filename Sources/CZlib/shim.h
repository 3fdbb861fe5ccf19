// Input pointers are to constant bytes.
#define ZLIB_CONST
#include <zlib.h>
