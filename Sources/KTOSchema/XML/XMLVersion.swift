internal import CLibXML2

/// The version of libxml2 that this was built with, such as `2.9.14`.
package func libraryXMLVersion() -> String { LIBXML_DOTTED_VERSION }
