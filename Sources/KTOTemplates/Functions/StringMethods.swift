extension TemplateRenderer {
  static let stringMethods: Set = [
    "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith",
    "replace", "find", "rfind", "index", "rindex", "count", "title", "capitalize", "swapcase", "join",
    "format", "isdigit",
    "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "zfill", "ljust",
    "rjust",
    "center", "partition", "rpartition", "removeprefix", "removesuffix", "casefold", "isascii",
  ]

  /// A method of Python's `str`.
  func callString(_ name: String, _ text: String, _ values: TemplateCallValues) throws -> TemplateValue {
    try charge(text)
    let result = try stringMethod(name, text, Arguments(renderer: self, name, values))
    if case .string(let made) = result { try charge(made) }
    if case .list(let parts) = result { try work(parts.count) }
    return result
  }

  /// A method of marked text.
  func callMarkup(_ name: String, _ text: String, _ values: TemplateCallValues) throws -> TemplateValue {
    var values = values
    if Markup.escapingMethods.contains(name) {
      values.positional = try values.positional.map { value in
        if name == "join" { return .list(try items(of: value).map(Markup.escaped)) }
        return Markup.escaped(value)
      }
      values.named = values.named.map { ($0.name, Markup.escaped($0.value)) }
    }
    return Markup.marked(try callString(name, text, values))
  }

  /// The arguments of a call, checked as they are asked for.
  struct Arguments {
    let renderer: TemplateRenderer
    let function: String
    let values: TemplateCallValues

    init(renderer: TemplateRenderer, _ function: String, _ values: TemplateCallValues) {
      self.renderer = renderer
      self.function = function
      self.values = values
    }

    var count: Int { values.positional.count }

    subscript(index: Int, name: String) -> TemplateValue? {
      index < values.positional.count ? values.positional[index] : values[name]
    }

    func value(_ index: Int, _ name: String) throws -> TemplateValue {
      guard let value = self[index, name] else {
        throw TemplateFault.type("\(function)() is missing the argument '\(name)'")
      }
      return value
    }

    func string(_ index: Int, _ name: String) throws -> String {
      guard let text = try optionalString(index, name) else {
        throw TemplateFault.type("\(function)() is missing the argument '\(name)'")
      }
      return text
    }

    /// Nil where it is absent or none.
    func optionalString(_ index: Int, _ name: String) throws -> String? {
      switch self[index, name] {
      case nil, .some(.none): return nil
      case .string(let text)?, .markup(let text)?:
        try renderer.work(text.utf8.count / 64)
        return text
      case .undefined(let missing)?: throw TemplateFault(.undefined(missing.hint))
      case let other?: throw TemplateFault.type("\(function)() argument must be str, not \(other.typeName)")
      }
    }

    func integer(_ index: Int, _ name: String) throws -> Int? {
      switch self[index, name] {
      case nil, .some(.none): return nil
      case let value?:
        guard case .integer(let number)? = value.number else {
          throw TemplateFault.type("'\(value.typeName)' object cannot be interpreted as an integer")
        }
        return number
      }
    }

    func flag(_ index: Int, _ name: String, or other: Bool) -> Bool { self[index, name]?.isTrue ?? other }
  }

  private func stringMethod(_ name: String, _ text: String, _ arguments: Arguments) throws -> TemplateValue {
    switch name {
    case "upper": return .string(PythonText.upper(text))
    case "lower": return .string(PythonText.lower(text))
    case "casefold":
      return .string(text.unicodeScalars.reduce(into: "") { $0 += $1.properties.lowercaseMapping })
    case "title": return .string(PythonText.title(text))
    case "capitalize": return .string(PythonText.capitalize(text))
    case "swapcase":
      return .string(
        text.unicodeScalars.reduce(into: "") {
          $0 += $1.properties.isLowercase ? $1.properties.uppercaseMapping : $1.properties.lowercaseMapping
        })
    case "strip", "lstrip", "rstrip":
      return .string(
        PythonText.strip(
          text, try arguments.optionalString(0, "chars"), left: name != "rstrip", right: name != "lstrip"))
    case "split", "rsplit": return try split(text, arguments, fromEnd: name == "rsplit")
    case "splitlines":
      return .list(
        PythonText.lines(text, keepsEnds: arguments.flag(0, "keepends", or: false)).map { .string($0) })
    case "startswith", "endswith": return .bool(try hasAffix(text, arguments, atEnd: name == "endswith"))
    case "removeprefix", "removesuffix":
      let affix = Array(try arguments.string(0, "affix").utf8)
      let bytes = Array(text.utf8)
      if name == "removeprefix" {
        return .string(bytes.starts(with: affix) ? PythonText.string(bytes.dropFirst(affix.count)) : text)
      }
      return .string(
        bytes.reversed().starts(with: affix.reversed())
          ? PythonText.string(bytes.dropLast(affix.count)) : text)
    case "replace":
      let count = try arguments.integer(2, "count")
      let (old, new) = (try arguments.string(0, "old"), try arguments.string(1, "new"))
      return .string(try replace(text, old, new, count))
    case "find", "rfind", "index", "rindex", "count": return try search(name, text, arguments)
    case "join":
      var joined = ""
      for (index, item) in try items(of: try arguments.value(0, "iterable")).enumerated() {
        guard let part = item.string else {
          throw TemplateFault.type(
            "sequence item \(index): expected str instance, \(item.typeName) found")
        }
        if index > 0 { try append(text, to: &joined) }
        try append(part, to: &joined)
      }
      return .string(joined)
    case "format": return .string(try braceFormat(text, arguments.values))
    case "zfill", "ljust", "rjust", "center": return .string(try pad(name, text, arguments))
    case "partition", "rpartition": return try partition(text, arguments, fromEnd: name == "rpartition")
    default: return .bool(Self.characterTest(name, Array(text.unicodeScalars)))
    }
  }

  /// `replace`, whose result is bounded before it is made.
  func replace(_ text: String, _ old: String, _ new: String, _ count: Int?) throws -> String {
    let places = old.isEmpty ? text.utf8.count + 1 : text.utf8.count / old.utf8.count
    let limit = count.flatMap { $0 < 0 ? nil : $0 }
    let (size, overflow) = min(places, limit ?? .max).multipliedReportingOverflow(by: new.utf8.count)
    if overflow || size > limits.textByteCount {
      throw TemplateFault(.tooMuchText(limit: limits.textByteCount))
    }
    return PythonText.replace(text, old, new, count: limit)
  }

  private func split(_ text: String, _ arguments: Arguments, fromEnd: Bool) throws -> TemplateValue {
    let limit = try arguments.integer(1, "maxsplit").flatMap { $0 < 0 ? nil : $0 }
    guard let separator = try arguments.optionalString(0, "sep") else {
      return .list(PythonText.split(text, limit: limit, fromEnd: fromEnd).map { .string($0) })
    }
    guard !separator.isEmpty else { throw TemplateFault.value("empty separator") }
    return .list(PythonText.split(text, at: separator, limit: limit, fromEnd: fromEnd).map { .string($0) })
  }

  private func partition(_ text: String, _ arguments: Arguments, fromEnd: Bool) throws -> TemplateValue {
    let separator = try arguments.string(0, "sep")
    guard !separator.isEmpty else { throw TemplateFault.value("empty separator") }
    let parts = PythonText.split(text, at: separator, limit: 1, fromEnd: fromEnd)
    if parts.count == 2 { return .tuple([.string(parts[0]), .string(separator), .string(parts[1])]) }
    return .tuple(
      fromEnd ? [.string(""), .string(""), .string(text)] : [.string(text), .string(""), .string("")])
  }

  /// The scalars between the bounds of a search, as Python clamps them, and how many come before.
  private func window(_ text: String, _ arguments: Arguments) throws -> (
    scalars: [Unicode.Scalar], skipped: Int
  )? {
    let scalars = Array(text.unicodeScalars)
    func clamp(_ bound: Int) -> Int { bound < 0 ? max(0, bound + scalars.count) : bound }
    let start = clamp(try arguments.integer(1, "start") ?? 0)
    let end = min(clamp(try arguments.integer(2, "end") ?? scalars.count), scalars.count)
    return start <= end ? (Array(scalars[start..<end]), start) : nil
  }

  private func hasAffix(_ text: String, _ arguments: Arguments, atEnd: Bool) throws -> Bool {
    guard let window = try window(text, arguments) else { return false }
    let wanted: [TemplateValue]
    switch try arguments.value(0, "prefix") {
    case .tuple(let items): wanted = items
    case let single: wanted = [single]
    }
    for value in wanted {
      guard let affix = value.string else {
        throw TemplateFault.type(
          "\(arguments.function) first arg must be str or a tuple of str, not \(value.typeName)")
      }
      let part = affix.unicodeScalars
      if atEnd
        ? window.scalars.reversed().starts(with: part.reversed()) : window.scalars.starts(with: part)
      {
        return true
      }
    }
    return false
  }

  private func search(_ name: String, _ text: String, _ arguments: Arguments) throws -> TemplateValue {
    let wanted = try arguments.string(0, "sub")
    let part = Array(wanted.utf8)
    let window = try window(text, arguments)
    let bytes = window.map { Array(PythonText.string($0.scalars).utf8) }
    if name == "count" {
      // An empty string is found between characters, not between the bytes of one.
      if part.isEmpty { return .integer(window.map { $0.scalars.count + 1 } ?? 0) }
      return .integer(
        bytes.map {
          PythonText.split(PythonText.string($0), at: wanted, limit: nil, fromEnd: false).count - 1
        } ?? 0)
    }
    let found = bytes.flatMap {
      name.hasPrefix("r") ? findLastBytes(part, in: $0) : findBytes(part, in: $0, from: 0)
    }
    guard let place = found, let bytes, let window else {
      if name == "find" || name == "rfind" { return .integer(-1) }
      throw TemplateFault.value("substring not found")
    }
    let before = bytes[..<place].count { $0 & 0xC0 != 0x80 }
    return .integer(window.skipped + before)
  }

  private func pad(_ name: String, _ text: String, _ arguments: Arguments) throws -> String {
    let width = try arguments.integer(0, "width") ?? 0
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    guard missing <= limits.textByteCount / 4 else {
      throw TemplateFault(.tooMuchText(limit: limits.textByteCount))
    }
    if name == "zfill" {
      let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
      return (hasSign ? String(text.prefix(1)) : "") + String(repeating: "0", count: missing)
        + text.dropFirst(hasSign ? 1 : 0)
    }
    let fill = try arguments.optionalString(1, "fillchar") ?? " "
    guard fill.unicodeScalars.count == 1 else {
      throw TemplateFault.type("The fill character must be exactly one character long")
    }
    // Python puts the odd one on the left where the width is odd.
    let left =
      switch name {
      case "ljust": 0
      case "rjust": missing
      default: missing / 2 + (missing & width & 1)
      }
    return String(repeating: fill, count: left) + text + String(repeating: fill, count: missing - left)
  }

  private static func characterTest(_ name: String, _ scalars: [Unicode.Scalar]) -> Bool {
    if name == "isascii" { return scalars.allSatisfy(\.isASCII) }
    if scalars.isEmpty { return false }
    func isAlphabetic(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
      default: false
      }
    }
    switch name {
    case "isspace": return scalars.allSatisfy(isPythonSpace)
    case "isalpha": return scalars.allSatisfy(isAlphabetic)
    case "isdecimal": return scalars.allSatisfy { $0.properties.generalCategory == .decimalNumber }
    case "isdigit":
      return scalars.allSatisfy {
        $0.properties.numericType == .decimal || $0.properties.numericType == .digit
      }
    case "isnumeric": return scalars.allSatisfy { $0.properties.numericType != nil }
    case "isalnum": return scalars.allSatisfy { isAlphabetic($0) || $0.properties.numericType != nil }
    case "isupper":
      return scalars.contains { $0.properties.isUppercase }
        && !scalars.contains {
          $0.properties.isLowercase || $0.properties.generalCategory == .titlecaseLetter
        }
    default:
      return scalars.contains { $0.properties.isLowercase }
        && !scalars.contains {
          $0.properties.isUppercase || $0.properties.generalCategory == .titlecaseLetter
        }
    }
  }
}
