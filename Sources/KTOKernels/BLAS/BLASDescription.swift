internal import COpenBLAS

/// What OpenBLAS says about itself, for logs and for `doctor`.
package struct BLASDescription: Sendable, Equatable {
  /// For instance `OpenBLAS 0.3.21 DYNAMIC_ARCH Zen MAX_THREADS=64`.
  package let configuration: String
  /// The name of the processor kernel chosen at start, for instance `Zen`.
  package let kernel: String
  package let processorCount: Int
  /// OpenBLAS' own thread count: 1.
  package let threadCount: Int

  /// Asks the library, which is loaded for it.
  package static func current() throws(BLASUnavailable) -> BLASDescription {
    let library = try OpenBLAS.loaded.get()
    func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
      guard let pointer = unsafe pointer else { return "" }
      return unsafe String(cString: pointer)
    }
    let functions = library.functions
    return unsafe BLASDescription(
      configuration: text(functions.get_config()), kernel: text(functions.get_corename()),
      processorCount: Int(functions.get_num_procs()), threadCount: Int(functions.get_num_threads()))
  }

  /// The library's version, the second word of the configuration.
  package var version: String {
    let words = configuration.split(separator: " ")
    return words.count > 1 ? String(words[1]) : ""
  }
}
