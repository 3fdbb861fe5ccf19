package import KTOCore

/// Why a line of an example file is not an example.
package struct ExampleError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case syntax(JSONSyntaxError.Reason)
    case missing(key: String)
    case wrongType(expected: String, found: String)
    case unknownKey(String)
    case outOfRange
  }

  package var reason: Reason
  /// JSON pointer of the value within its line.
  package var pointer: String
  /// Byte offset of the value from the start of what was read: the line, or the file with `ExampleReader`.
  package var offset: Int

  package init(_ reason: Reason, pointer: String, offset: Int) {
    self.reason = reason
    self.pointer = pointer
    self.offset = offset
  }
}

extension ExampleError: CustomStringConvertible {
  package var description: String {
    let place = pointer.isEmpty ? "" : " (at \(pointer))"
    return switch reason {
    case .syntax(let reason): "byte \(offset): \(JSONSyntaxError(reason: reason, offset: offset))\(place)"
    case .missing(let key): "byte \(offset): an example needs the key \"\(key)\"\(place)"
    case .wrongType(let expected, let found): "byte \(offset): \(found) where \(expected) is needed\(place)"
    case .unknownKey(let key): "byte \(offset): unknown key \"\(excerpt(key))\"\(place)"
    case .outOfRange: "byte \(offset): a number out of range\(place)"
    }
  }
}
