// Debian's libxml2 pulls in the system's ICU headers, which clash with the ICU that Foundation brings along.
// They only describe the last fields of encoding handlers, which are never made or read here.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
