/// What can go wrong with a store. Each case carries the folder whose file system holds it.
package enum StoreError: Error, Equatable, Sendable {
  case cannotOpen(folder: String, reason: String)
  /// In the words of SQLite, such as that the disk is full.
  case failed(folder: String, reason: String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotOpen(let folder, let reason): "cannot make a temporary database in \(folder): \(reason)"
    case .failed(let folder, let reason): "the temporary database in \(folder) fails: \(reason)"
    }
  }
}
