package import KTOCore

/// Why a file that should hold tensors cannot be trusted or read.
package struct TensorFileError: Error, Equatable, Sendable {
  package enum Reason: Error, Equatable, Sendable {
    /// The file does not begin as its format does.
    case notThisFormat(expected: String)
    case truncated(needed: Int, available: Int)
    case headerTooLarge(byteCount: UInt64, limit: Int)
    case invalidJSON(JSONSyntaxError)
    /// A value of the header is missing or has the wrong type; `field` names it.
    case invalidField(String)
    /// A count, length or offset beyond what the file can hold or this tool accepts.
    case outOfRange(String)
    case unsupportedType(tensor: String, type: String)
    case unsupportedVersion(String)
    /// A tensor's bytes are not as many as its shape and type ask for.
    case wrongByteCount(tensor: String, expected: Int, found: Int)
    /// Tensors overlap, or leave bytes between them that belong to none.
    case notContiguous(tensor: String)
    case duplicateTensor(String)
    case missingTensor(String)
    case wrongShape(tensor: String, expected: [Int], found: [Int])
    /// A file name that leads out of its folder.
    case unsafePath(String)
    case archive(String)
  }

  package var path: String
  package var reason: Reason

  package init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension TensorFileError: CustomStringConvertible {
  package var description: String { "\(path): \(reason)" }
}

extension TensorFileError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notThisFormat(let expected): "not a \(expected) file"
    case .truncated(let needed, let available):
      "cut off: \(needed) bytes are needed where \(available) are left"
    case .headerTooLarge(let byteCount, let limit):
      "the header claims \(byteCount) bytes; at most \(limit) are accepted"
    case .invalidJSON(let error): "the header at byte \(error.offset): \(error)"
    case .invalidField(let field): "\(excerpt(field, limit: 120)) is missing or not what the format asks for"
    case .outOfRange(let what): "\(excerpt(what, limit: 120)) is out of range"
    case .unsupportedType(let tensor, let type):
      "\(excerpt(tensor, limit: 120)) has the type \(excerpt(type)), which is not supported here"
    case .unsupportedVersion(let version): "version \(excerpt(version)) is not supported"
    case .wrongByteCount(let tensor, let expected, let found):
      "\(excerpt(tensor, limit: 120)) takes \(found) bytes where its shape and type ask for \(expected)"
    case .notContiguous(let tensor):
      "\(excerpt(tensor, limit: 120)) overlaps another tensor or leaves a gap before it"
    case .duplicateTensor(let name): "\(excerpt(name, limit: 120)) is there twice"
    case .missingTensor(let name): "there is no \(excerpt(name, limit: 120))"
    case .wrongShape(let tensor, let expected, let found):
      "\(excerpt(tensor, limit: 120)) has the shape \(found), not \(expected)"
    case .unsafePath(let name): "\(excerpt(name, limit: 120)) leads out of the folder"
    case .archive(let message): message
    }
  }
}

/// The product of sizes; nil when one is negative or the product does not fit.
func checkedProduct(_ sizes: some Sequence<Int>) -> Int? {
  var product = 1
  var hasZero = false
  for size in sizes {
    if size < 0 { return nil }
    if size == 0 {
      hasZero = true
      continue
    }
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    product = next
  }
  return hasZero ? 0 : product
}
