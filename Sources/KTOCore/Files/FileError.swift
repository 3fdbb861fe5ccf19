/// What can go wrong with a file of the file system. Each case carries the path as it was given.
package enum FileError: Error, Equatable, Sendable {
  case cannotOpen(path: String, reason: String)
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  case isDirectory(path: String)
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The output exists and nothing said that it may be replaced.
  case exists(path: String)
  /// The output is one of the inputs.
  case isInput(path: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .isDirectory(let path): "\(path) is a folder, not a file"
    case .tooLarge(let path, let byteCount, let limit):
      "\(path) has \(byteCount) bytes; at most \(limit) are accepted here"
    case .exists(let path): "\(path) exists already"
    case .isInput(let path): "\(path) is also an input; write to another file"
    }
  }
}
