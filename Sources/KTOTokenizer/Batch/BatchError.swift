/// Why a run over many documents cannot go on. What is wrong with a document is a `DocumentProblem`.
package enum BatchError: Error, Equatable, Sendable {
  /// The document that begins at this byte of the input has more than `limit` bytes.
  case documentTooLarge(byteOffset: Int, limit: Int)
  /// A file of ids or of offsets whose size is not whole numbers of this width, in bytes.
  case truncatedNumbers(path: String, width: Int)
  /// The offset with this index (from 0) is not what it should be.
  case invalidOffset(path: String, index: Int, expected: String)
  /// The ids end elsewhere than the last offset says.
  case idCountDiffers(path: String, expected: UInt64, actual: UInt64)
}

extension BatchError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .documentTooLarge(let offset, let limit):
      "the document at byte \(offset) of the input has more than \(limit) bytes"
    case .truncatedNumbers(let path, let width):
      "\(path) is not a list of \(width)-byte numbers: its size is no multiple of \(width)"
    case .invalidOffset(let path, let index, let expected):
      "\(path): offset \(index) (from 0) should be \(expected)"
    case .idCountDiffers(let path, let expected, let actual):
      "\(path) has \(actual) ids, but its offsets ask for \(expected)"
    }
  }
}
