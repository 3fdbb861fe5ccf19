internal import KTOCore

/// A node of the file with the pointer that leads to it, so that what is wrong there can be located.
struct JSONField {
  var node: JSONNode?
  var pointer: String
  /// Where the nearest node that exists begins.
  var offset: Int

  init(_ root: JSONNode) {
    node = root
    pointer = ""
    offset = root.offset
  }

  private init(_ node: JSONNode?, _ pointer: String, _ offset: Int) {
    self.node = node
    self.pointer = pointer
    self.offset = node?.offset ?? offset
  }

  /// Absent or null.
  var isNull: Bool { node?.isNull ?? true }

  subscript(key: String) -> JSONField { JSONField(node?[key], pointer + jsonPointerToken(key), offset) }

  func malformed(_ expected: String) -> TokenizerError {
    .malformed(pointer: pointer, expected: expected, offset: offset)
  }

  func text() throws(TokenizerError) -> String {
    guard let text = node?.string else { throw malformed("a string") }
    return text
  }

  func flag() throws(TokenizerError) -> Bool {
    guard let flag = node?.bool else { throw malformed("true or false") }
    return flag
  }

  /// The flag, or `other` where it is absent or null.
  func flag(or other: Bool) throws(TokenizerError) -> Bool { isNull ? other : try flag() }

  /// A whole number from 0 to 2³¹ − 1.
  func count() throws(TokenizerError) -> Int {
    guard let number = node?.int, number >= 0, number <= Int(Int32.max) else {
      throw malformed("a whole number from 0 to \(Int32.max)")
    }
    return number
  }

  func items() throws(TokenizerError) -> [JSONField] {
    guard let items = node?.array else { throw malformed("an array") }
    return items.enumerated().map { JSONField($1, "\(pointer)/\($0)", offset) }
  }

  func object() throws(TokenizerError) -> JSONObject {
    guard let object = node?.object else { throw malformed("an object") }
    return object
  }
}
