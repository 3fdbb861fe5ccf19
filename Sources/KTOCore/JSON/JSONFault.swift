/// The first place at which a text stops being JSON, in words that name the cause: what Python and JavaScript write and
/// JSON does not have, a comma too many, a quotation mark that is missing.
///
/// simdjson says that a text is no JSON; this walk says why. It is for texts that were refused already, so it may be
/// slow.
package struct JSONFault: Equatable, Sendable {
  /// From the start of the text.
  package var offset: Int
  package var message: String
  package var hint: String?

  /// - Returns: nil where no cause is known, such as a text that ends in the middle of a value.
  package init?(in text: some Collection<UInt8>) {
    var walk = JSONFaultWalk(bytes: Array(text))
    guard let fault = walk.first() else { return nil }
    self = fault
  }

  init(_ offset: Int, _ message: String, hint: String? = nil) {
    self.offset = offset
    self.message = message
    self.hint = hint
  }
}

extension JSONSyntaxError {
  /// The cause of the error in the text it is about; nil where the error itself says it best.
  package func fault(in text: some Collection<UInt8>) -> JSONFault? {
    switch reason {
    case .syntax, .truncated, .invalidString, .invalidNumber, .trailingContent: JSONFault(in: text)
    case .empty, .tooDeep, .invalidUTF8, .duplicateKey, .tooLarge: nil
    }
  }
}

/// A walk over the tokens of a text by JSON's grammar.
private struct JSONFaultWalk {
  let bytes: [UInt8]
  private var index = 0
  /// The brackets that are open.
  private var open: [UInt8] = []
  private var expected = Expected.value
  /// Where the key of the last member stands.
  private var key = 0..<0

  /// What the grammar allows next. `item` and `member` come behind a comma, where no bracket may close.
  private enum Expected { case value, firstItem, item, firstMember, member, colon, memberValue, comma, end }

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func first() -> JSONFault? {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        index += 1
      } else if let fault = commonFault(byte) ?? step(byte) {
        return fault
      }
    }
    return nil
  }

  // MARK: - Tokens

  private mutating func step(_ byte: UInt8) -> JSONFault? {
    switch expected {
    case .value, .memberValue, .firstItem, .item: return value(byte)
    case .firstMember, .member: return key(byte)
    case .colon:
      guard byte == UInt8(ascii: ":") else {
        return JSONFault(index, "a colon is missing between a key and its value")
      }
      index += 1
      expected = .memberValue
    case .comma:
      if byte == UInt8(ascii: ",") {
        index += 1
        expected = open.last == UInt8(ascii: "{") ? .member : .item
        return nil
      }
      if isClosing(byte) { return close(byte) }
      return JSONFault(
        index, "a comma is missing before \(shown)",
        hint: isWord(byte) ? "does a quotation mark end the text before it too early?" : nil)
    case .end: return afterTheEnd(byte)
    }
    return nil
  }

  private mutating func value(_ byte: UInt8) -> JSONFault? {
    switch byte {
    case UInt8(ascii: "\""): return string(then: afterValue)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      open.append(byte)
      index += 1
      expected = byte == UInt8(ascii: "{") ? .firstMember : .firstItem
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      if expected == .firstItem, byte == UInt8(ascii: "]") { return close(byte) }
      if expected == .item { return trailingComma(byte) }
      if open.isEmpty { return afterTheEnd(byte) }
      return JSONFault(index, "a value is missing before \(shown)")
    case UInt8(ascii: ","):
      return JSONFault(index, "a comma with no value before it", hint: "take the comma away")
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      return number()
    default: return isWord(byte) ? word() : JSONFault(index, "\(shown) where a value is expected")
    }
    return nil
  }

  private mutating func key(_ byte: UInt8) -> JSONFault? {
    if byte == UInt8(ascii: "\"") {
      let start = index
      defer { key = start..<index }
      return string(then: .colon)
    }
    if isClosing(byte) {
      return expected == .firstMember ? close(byte) : trailingComma(byte)
    }
    if byte == UInt8(ascii: ",") {
      return JSONFault(index, "a comma with no member before it", hint: "take the comma away")
    }
    if isWord(byte) {
      return JSONFault(
        index, "a key without quotation marks: \(excerpt(wordText))", hint: "write \"\(excerpt(wordText))\"")
    }
    return JSONFault(index, "\(shown) where a key is expected")
  }

  private mutating func close(_ byte: UInt8) -> JSONFault? {
    guard let last = open.last, (last == UInt8(ascii: "{")) == (byte == UInt8(ascii: "}")) else {
      return JSONFault(index, "\(shown) closes what another bracket opened")
    }
    open.removeLast()
    index += 1
    expected = afterValue
    return nil
  }

  private var afterValue: Expected { open.isEmpty ? .end : .comma }

  private mutating func string(then next: Expected) -> JSONFault? {
    index += 1
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        expected = next
        return nil
      case UInt8(ascii: "\\"):
        guard index + 1 < bytes.count else { break }
        if !Array("\"\\/bfnrtu".utf8).contains(bytes[index + 1]) {
          let name = excerpt(String(decoding: bytes[(index + 1)...].prefix(4), as: UTF8.self).prefix(1))
          return JSONFault(
            index, "\\\(name) in a string names no character", hint: "a backslash itself is written \\\\")
        }
        index += 1
      case 0x0A, 0x0D:
        return JSONFault(index, "a line break within a string", hint: "write it as \\n")
      case 0x09: return JSONFault(index, "a tab within a string", hint: "write it as \\t")
      case 0..<0x20:
        return JSONFault(index, "a control character within a string", hint: "write it as \\u00…")
      default: break
      }
      index += 1
    }
    return nil
  }

  private mutating func number() -> JSONFault? {
    let text = wordText
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    if ["NaN", "nan", "Infinity", "inf", "Inf"].contains(digits) { return noNumber(text) }
    var rest = digits.utf8[...]
    func dropDigits() -> Int {
      let count = rest.prefix { (48...57).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    let isZero = rest.first == UInt8(ascii: "0")
    let wholeCount = dropDigits()
    var isSound = wholeCount > 0 && (!isZero || wholeCount == 1)
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      isSound = dropDigits() > 0 && isSound
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      isSound = dropDigits() > 0 && isSound
    }
    guard text.utf8.contains(where: { (48...57).contains($0) }) else {
      return JSONFault(index, "\(excerpt(text)) where a value is expected", hint: "take it out")
    }
    guard isSound, rest.isEmpty else {
      return JSONFault(
        index, "\(excerpt(text)) is no JSON number",
        hint: "digits alone, with no + and no 0 before them; or text in quotation marks")
    }
    index += text.utf8.count
    expected = afterValue
    return nil
  }

  private mutating func word() -> JSONFault? {
    let text = wordText
    switch text {
    case "true", "false", "null":
      index += text.utf8.count
      expected = afterValue
      return nil
    case "NaN", "nan", "Infinity", "inf", "Inf": return noNumber(text)
    case "None", "undefined", "NULL", "Null", "nil":
      let origin = text == "None" ? ", it is Python's" : text == "undefined" ? ", it is JavaScript's" : ""
      return JSONFault(index, "\(text) is no JSON value\(origin)", hint: "write null")
    case "True", "False", "TRUE", "FALSE":
      let origin = text == "True" || text == "False" ? ", it is Python's" : ""
      return JSONFault(index, "\(text) is no JSON value\(origin)", hint: "write \(text.lowercased())")
    default:
      return JSONFault(
        index, "the word \(excerpt(text)) is no JSON value", hint: "put text in quotation marks")
    }
  }

  // MARK: - Causes

  /// A member is named, and located by its key: the value itself says little.
  private func noNumber(_ text: String) -> JSONFault {
    let isMember = expected == .memberValue
    let owner = isMember ? ": the value of \(excerpt(String(decoding: bytes[key], as: UTF8.self)))" : ""
    return JSONFault(
      isMember ? key.lowerBound : index, "\(text) is no JSON number, though Python's json writes it\(owner)",
      hint: "write null")
  }

  private func trailingComma(_ byte: UInt8) -> JSONFault {
    JSONFault(
      index, "a comma before the closing \(shown)", hint: "JSON has no comma behind the last: take it away")
  }

  private func afterTheEnd(_ byte: UInt8) -> JSONFault {
    switch byte {
    case UInt8(ascii: ","):
      JSONFault(index, "a comma follows the record, as inside an array", hint: "take the comma away")
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      JSONFault(index, "\(shown) closes a bracket that was never opened", hint: "take it away")
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""):
      JSONFault(index, "a second value follows on the same line", hint: "put a line break between the two")
    case UInt8(ascii: "\\"):
      JSONFault(
        index, "a backslash follows the value, as where a line break was written as \\n",
        hint: "write a line break in its place")
    default: JSONFault(index, "\(shown) follows the end of the value", hint: "take it away")
    }
  }

  /// What is wrong wherever it stands outside of a string.
  private func commonFault(_ byte: UInt8) -> JSONFault? {
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "`"):
      return JSONFault(
        index, "text in single quotes, as Python writes it",
        hint: "JSON has double quotes alone: write the records with json.dumps rather than str")
    case UInt8(ascii: "#"): return comment
    case UInt8(ascii: "/") where next == byte || next == UInt8(ascii: "*"): return comment
    case 0: return JSONFault(index, "a NUL byte, as a file has that was not written to its end")
    case 0xE2 where next == 0x80:
      return JSONFault(index, "typographic quotation marks", hint: "write \" in their place")
    case 0xEF where next == 0xBB:
      return JSONFault(
        index, "a byte order mark within the text, as files have that were put together", hint: "take it out")
    default: return nil
    }
  }

  private var comment: JSONFault {
    JSONFault(index, "a comment, which JSON does not have", hint: "take it out")
  }

  private func isClosing(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  /// The letters and digits from here on.
  private var wordText: String { String(decoding: bytes[index...].prefix { isWord($0) }, as: UTF8.self) }

  /// The character here.
  private var shown: String {
    excerpt(String(decoding: bytes[index...].prefix(4), as: UTF8.self).prefix(1))
  }
}
