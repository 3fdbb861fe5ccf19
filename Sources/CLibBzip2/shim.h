// Its header declares functions on FILE but does not include what declares that.
#include <stdio.h>

#include <bzlib.h>
