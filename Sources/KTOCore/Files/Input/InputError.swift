/// What can be wrong with the content of an input before anything of it is text. Counts of decoded bytes tell how much
/// came before.
package enum InputError: Error, Equatable, Sendable {
  /// An archive, a database, or an encoding that is not undone.
  case refused(path: String, format: RefusedFormat)
  /// `reason` in the words of the library.
  case damaged(path: String, encoding: String, decodedByteCount: Int, reason: String)
  case truncated(path: String, encoding: String, decodedByteCount: Int)
  /// Something follows the compressed data that is neither that nor padding.
  case trailingBytes(path: String, encoding: String, decodedByteCount: Int)
  case takesTooMuchMemory(path: String, encoding: String, limitByteCount: Int)
  /// Compressed again and again.
  case tooManyLayers(path: String, limit: Int)
  /// Half of a pair, at a byte of the UTF-16 text.
  case loneSurrogate(path: String, byteOffset: Int)

  init(_ fault: DecompressionFault, path: String, encoding: String, decodedByteCount: Int) {
    switch fault {
    case .damaged(let reason):
      self = .damaged(path: path, encoding: encoding, decodedByteCount: decodedByteCount, reason: reason)
    case .takesTooMuchMemory(let limit):
      self = .takesTooMuchMemory(path: path, encoding: encoding, limitByteCount: limit)
    }
  }
}

extension InputError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let path, let format):
      "\(path) is \(format.name)"
        + (format.remedy.map { "; unpack or convert it first, for example: \($0)" } ?? "")
    case .tooManyLayers(let path, _): "\(path) \(cause)"
    case .damaged(let path, _, _, _), .truncated(let path, _, _), .trailingBytes(let path, _, _),
      .takesTooMuchMemory(let path, _, _), .loneSurrogate(let path, _):
      "\(path): \(cause)"
    }
  }

  /// What is wrong, without the path, for a finding whose place names it.
  package var cause: String {
    switch self {
    case .refused(_, let format): "this is \(format.name), which is not read"
    case .damaged(_, let encoding, let count, let reason):
      "the \(encoding) data is damaged after \(count) decoded bytes: \(reason)"
    case .truncated(_, let encoding, let count):
      "the \(encoding) data is cut off after \(count) decoded bytes"
    case .trailingBytes(_, let encoding, let count):
      "after the \(encoding) data, which has \(count) decoded bytes, comes something else"
    case .takesTooMuchMemory(_, let encoding, let limit):
      "this \(encoding) data takes more than \(limit >> 20) MiB of memory to decompress"
    case .tooManyLayers(_, let limit): "is compressed more than \(limit) times over"
    case .loneSurrogate(_, let offset): "half of a surrogate pair at byte \(offset) of the UTF-16 text"
    }
  }
}
