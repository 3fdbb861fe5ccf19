/// Whether Python's `str.isspace` holds for a character.
func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
    true
  default: false
  }
}

/// The place of `part` in `text` at or after `from`; nil where it is not there. Takes linear time.
/// Source: Knuth, Morris, Pratt, doi:10.1137/0206024.
func findBytes(_ part: [UInt8], in text: [UInt8], from: Int) -> Int? {
  guard from <= text.count - part.count else { return nil }
  if part.isEmpty { return from }
  // How much of the beginning of the part still holds where the next byte does not go on with it.
  var borders = [0]
  var length = 0
  for index in part.indices.dropFirst() {
    while length > 0, part[index] != part[length] { length = borders[length - 1] }
    if part[index] == part[length] { length += 1 }
    borders.append(length)
  }
  length = 0
  for index in from..<text.count {
    while length > 0, text[index] != part[length] { length = borders[length - 1] }
    if text[index] == part[length] { length += 1 }
    if length == part.count { return index + 1 - length }
  }
  return nil
}

/// The last place of `part` in `text`; nil where it is not there.
func findLastBytes(_ part: [UInt8], in text: [UInt8]) -> Int? {
  findBytes(part.reversed(), in: text.reversed(), from: 0).map { text.count - $0 - part.count }
}

/// Python's string operations that Swift's do otherwise.
enum PythonText {
  static func string(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  /// `strip`: without the given characters, or white space, at the ends asked for.
  static func strip(_ text: String, _ characters: String?, left: Bool = true, right: Bool = true) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func drops(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? isPythonSpace(scalar) }
    var part = text.unicodeScalars[...]
    if left { part = part.drop(while: drops) }
    if right { while let last = part.last, drops(last) { part.removeLast() } }
    return String(part)
  }

  /// `split` and `rsplit` at white space.
  static func split(_ text: String, limit: Int?, fromEnd: Bool) -> [String] {
    var words: [String] = []
    var rest = Array(text.unicodeScalars)[...]
    while true {
      if fromEnd {
        while let last = rest.last, isPythonSpace(last) { rest.removeLast() }
      } else {
        rest = rest.drop(while: isPythonSpace)
      }
      if rest.isEmpty { break }
      if let limit, words.count >= limit {
        words.append(string(rest))
        break
      }
      if fromEnd {
        let start = (rest.lastIndex(where: isPythonSpace) ?? rest.startIndex - 1) + 1
        words.append(string(rest[start...]))
        rest = rest[..<start]
      } else {
        let end = rest.firstIndex(where: isPythonSpace) ?? rest.endIndex
        words.append(string(rest[..<end]))
        rest = rest[end...]
      }
    }
    return fromEnd ? words.reversed() : words
  }

  /// `split` and `rsplit` at a separator that is not empty.
  static func split(_ text: String, at separator: String, limit: Int?, fromEnd: Bool) -> [String] {
    let bytes = Array(text.utf8)
    let part = Array(separator.utf8)
    var places: [Int] = []
    if fromEnd {
      let (backward, reversed) = (Array(bytes.reversed()), Array(part.reversed()))
      var index = 0
      while limit.map({ places.count < $0 }) ?? true,
        let place = findBytes(reversed, in: backward, from: index)
      {
        places.append(bytes.count - place - part.count)
        index = place + part.count
      }
      places.reverse()
    } else {
      var index = 0
      while limit.map({ places.count < $0 }) ?? true, let place = findBytes(part, in: bytes, from: index) {
        places.append(place)
        index = place + part.count
      }
    }
    var parts: [String] = []
    var start = 0
    for place in places {
      parts.append(string(bytes[start..<place]))
      start = place + part.count
    }
    return parts + [string(bytes[start...])]
  }

  static func replace(_ text: String, _ old: String, _ new: String, count: Int?) -> String {
    if old.isEmpty {
      var result = ""
      var left = count ?? Int.max
      for scalar in text.unicodeScalars {
        if left > 0 { (result, left) = (result + new, left - 1) }
        result.unicodeScalars.append(scalar)
      }
      return left > 0 ? result + new : result
    }
    return split(text, at: old, limit: count, fromEnd: false).joined(separator: new)
  }

  /// `splitlines`, with or without the line ends.
  static func lines(_ text: String, keepsEnds: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      switch scalar.value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        if keepsEnds { line.unicodeScalars.append(scalar) }
        if scalar == "\r", index < scalars.count, scalars[index] == "\n" {
          if keepsEnds { line.unicodeScalars.append("\n") }
          index += 1
        }
        lines.append(line)
        line = ""
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  static func upper(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += $1.properties.uppercaseMapping }
  }

  /// Lower case, with the form of sigma that ends a word where it does.
  static func lower(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      if scalar == "\u{3A3}" {
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        let after =
          scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        result += before && !after ? "\u{3C2}" : "\u{3C3}"
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  static func capitalize(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    let rest = lower(text).unicodeScalars.dropFirst(first.properties.lowercaseMapping.unicodeScalars.count)
    return first.properties.titlecaseMapping + String(rest)
  }

  static func title(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      result += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
      isInWord = properties.isCased
    }
    return result
  }
}
