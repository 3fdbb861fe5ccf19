/// Text that the filters `safe` and `escape` mark as HTML: whatever plain text `+` or `%` joins to it is escaped, also
/// where the environment escapes nothing by itself. Source: markupsafe's `Markup`.
enum Markup {
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&#34;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The value with plain text escaped, also in tuples and dicts.
  static func escaped(_ value: TemplateValue) -> TemplateValue {
    switch value {
    case .string(let text): return .markup(escape(text))
    case .tuple(let items): return .tuple(items.map(escaped))
    case .dict(var dict):
      for (key, item) in zip(dict.keys, dict.values) { dict.set(key, escaped(item)) }
      return .dict(dict)
    default: return value
    }
  }

  /// What a string method gives for marked text: marked text, or several.
  static func marked(_ value: TemplateValue) -> TemplateValue {
    switch value {
    case .string(let text): .markup(text)
    case .list(let items): .list(items.map(marked))
    case .tuple(let items): .tuple(items.map(marked))
    default: value
    }
  }

  /// Methods whose arguments are escaped before they reach marked text.
  static let escapingMethods: Set = [
    "capitalize", "casefold", "center", "join", "format", "ljust", "lower", "lstrip", "removeprefix",
    "removesuffix",
    "replace", "rjust", "rstrip", "strip", "swapcase", "title", "upper", "zfill",
  ]

  /// Filters that leave marked text marked.
  static let keepingFilters: Set = [
    "capitalize", "center", "format", "indent", "lower", "reverse", "string", "trim", "truncate", "upper",
  ]
}

extension TemplateValue {
  /// The text of a string, marked or not.
  var string: String? {
    switch self {
    case .string(let text), .markup(let text): text
    default: nil
    }
  }

  var isMarkup: Bool { if case .markup = self { true } else { false } }
}
