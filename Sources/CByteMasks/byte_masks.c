// A target needs a source file; all is in the header, so that it is inlined.
#include "byte_masks.h"
