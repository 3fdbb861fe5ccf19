/// A URI reference taken apart, and resolved against a base (RFC 3986, section 5.2).
struct SchemaURI {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  /// Without `#`, still percent-encoded.
  var fragment: String?

  init(_ text: String) {
    var rest = Substring(text)
    if let hash = rest.firstIndex(of: "#") {
      fragment = String(rest[rest.index(after: hash)...])
      rest = rest[..<hash]
    }
    if let colon = rest.firstIndex(of: ":"), rest.firstIndex(of: "/").map({ colon < $0 }) ?? true,
      rest[..<colon].first?.isLetter == true,
      rest[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    {
      scheme = String(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if rest.hasPrefix("//") {
      let behind = rest.dropFirst(2)
      let end = behind.firstIndex(of: "/") ?? behind.endIndex
      authority = String(behind[..<end])
      rest = behind[end...]
    }
    path = String(rest)
  }

  /// The URI without its fragment.
  var absolute: String {
    (scheme.map { $0 + ":" } ?? "") + (authority.map { "//" + $0 } ?? "") + path
      + (query.map { "?" + $0 } ?? "")
  }

  /// This reference, where `base` is the URI of what it stands in.
  func resolved(against base: String) -> SchemaURI {
    guard scheme == nil else { return self }
    var result = SchemaURI(base)
    result.fragment = fragment
    if authority != nil {
      result.authority = authority
      result.path = Self.withoutDots(path)
      result.query = query
    } else if path.isEmpty {
      if let query { result.query = query }
    } else {
      result.query = query
      if path.hasPrefix("/") {
        result.path = Self.withoutDots(path)
      } else if result.path.isEmpty, result.authority != nil {
        result.path = Self.withoutDots("/" + path)
      } else {
        let folder = result.path.lastIndex(of: "/").map { String(result.path[...$0]) } ?? ""
        result.path = Self.withoutDots(folder + path)
      }
    }
    return result
  }

  /// A path without its `.` and `..`.
  private static func withoutDots(_ path: String) -> String {
    var kept: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      switch part {
      case ".": if isLast { kept.append("") }
      case "..":
        if kept.count > 1 || kept.first.map({ !$0.isEmpty }) ?? false { kept.removeLast() }
        if isLast { kept.append("") }
      default: kept.append(part)
      }
    }
    return kept.joined(separator: "/")
  }
}
