internal import CLibBzip2
internal import CLibLZMA
internal import CLibZstd
internal import CZlib

/// The libraries that decompress inputs, each with the version that runs.
package func compressionLibraryVersions() -> [(name: String, version: String)] {
  unsafe [
    ("zlib", String(cString: zlibVersion())), ("zstd", String(cString: ZSTD_versionString())),
    // 1.0.8, and the day it is from.
    ("bzip2", String(cString: BZ2_bzlibVersion()).prefix { $0 != "," }.description),
    ("liblzma", String(cString: lzma_version_string())),
  ]
}
