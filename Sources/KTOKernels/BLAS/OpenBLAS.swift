internal import COpenBLAS

/// OpenBLAS' functions, loaded once, at the first use: what reads data never starts the library's threads.
///
/// OpenBLAS runs on one thread; see ``ComputeContext``.
struct OpenBLAS: @unchecked Sendable {
  // Pointers to functions of a library that stays loaded; `unchecked` because C's types cannot say so.
  let functions: openblas_functions

  static let loaded: Result<OpenBLAS, BLASUnavailable> = {
    var functions = openblas_functions()
    if let reason = unsafe openblas_load(&functions) {
      return .failure(BLASUnavailable(reason: unsafe String(cString: reason)))
    }
    functions.set_num_threads(1)
    return .success(OpenBLAS(functions: functions))
  }()

  /// For the products themselves, in whose time a library that is missing has long been said.
  static let shared: OpenBLAS = {
    switch loaded {
    case .success(let library): return library
    case .failure(let error): fatalError(error.description)
    }
  }()
}

/// OpenBLAS cannot be loaded.
package struct BLASUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
  /// The dynamic linker's own words, which name the file.
  package let reason: String

  package var description: String { "OpenBLAS, which multiplies the matrices, cannot be loaded: \(reason)" }
}
