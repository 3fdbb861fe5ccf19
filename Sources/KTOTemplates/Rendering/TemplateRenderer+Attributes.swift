extension TemplateRenderer {
  private static let dictMethods: Set = ["keys", "values", "items", "get", "copy"]
  private static let dictMutators: Set = ["clear", "pop", "popitem", "setdefault", "update"]
  private static let listMethods: Set = ["index", "count", "copy"]
  private static let listMutators: Set = [
    "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
  ]

  /// `value.name`: the attribute, otherwise the item of that name.
  func attribute(_ name: String, of value: TemplateValue) throws -> TemplateValue {
    if case .undefined(let missing) = value {
      throw TemplateFault(missing.isHidden ? .security(missing.hint) : .undefined(missing.hint))
    }
    if let found = try member(name, of: value) { return found }
    if case .dict(let dict) = value, let found = dict[name] { return found }
    return missing(name, in: value)
  }

  /// `value[key]`: the item, otherwise the attribute of that name.
  func item(_ key: TemplateValue, of value: TemplateValue) throws -> TemplateValue {
    if case .undefined(let missing) = value {
      throw TemplateFault(missing.isHidden ? .security(missing.hint) : .undefined(missing.hint))
    }
    if case .dict(let dict) = value, let hashed = try self.key(key), let found = dict[hashed] {
      return found
    }
    if case .integer(let index)? = key.number, let found = try element(index, of: value) { return found }
    try workOnKey(key)
    guard let name = key.string else {
      return .undefined(
        TemplateValue.Undefined(hint: "\(value.typeName) object has no element \(try text(of: key))"))
    }
    return try member(name, of: value) ?? missing(name, in: value)
  }

  private func missing(_ name: String, in value: TemplateValue) -> TemplateValue {
    let owner = if case .none = value { "None" } else { "'\(value.typeName) object'" }
    return .undefined(TemplateValue.Undefined(hint: "\(owner) has no attribute '\(name)'"))
  }

  private func element(_ index: Int, of value: TemplateValue) throws -> TemplateValue? {
    func place(_ count: Int) -> Int? {
      let place = index < 0 ? index + count : index
      return place >= 0 && place < count ? place : nil
    }
    switch value {
    case .list(let items), .tuple(let items): return place(items.count).map { items[$0] }
    case .range(let range): return place(range.count).map { .integer(range.start + $0 * range.step) }
    case .markup(let text): return try element(index, of: .string(text)).map(Markup.marked)
    case .string(let text):
      let scalars = text.unicodeScalars
      try work(text.utf8.count / 64 + 1)
      if index >= 0 {
        guard let at = scalars.index(scalars.startIndex, offsetBy: index, limitedBy: scalars.endIndex),
          at < scalars.endIndex
        else { return nil }
        return .string(String(scalars[at]))
      }
      guard let at = scalars.index(scalars.endIndex, offsetBy: index, limitedBy: scalars.startIndex) else {
        return nil
      }
      return .string(String(scalars[at]))
    default: return nil
    }
  }

  /// What Python's `getattr` finds, as far as the sandbox shows it.
  private func member(_ name: String, of value: TemplateValue) throws -> TemplateValue? {
    switch value {
    case .namespace(let namespace): return namespace.attributes[name]
    case .loop(let loop): return try loopMember(name, loop)
    case .dict:
      if Self.dictMethods.contains(name) { return .function(.method(value, name)) }
      if Self.dictMutators.contains(name) { return hidden(name, value) }
    case .list:
      if Self.listMethods.contains(name) { return .function(.method(value, name)) }
      if Self.listMutators.contains(name) { return hidden(name, value) }
    case .tuple: if name == "index" || name == "count" { return .function(.method(value, name)) }
    case .string, .markup: if Self.stringMethods.contains(name) { return .function(.method(value, name)) }
    case .function(.macro(let macro, _)):
      if name == "name" { return .string(macro.name) }
      if name == "arguments" { return .tuple(macro.signature.parameters.map { .string($0) }) }
    case .function(.global("dict")): if name == "fromkeys" { return .function(.method(value, name)) }
    case .function(.cycler(let cycle)):
      if name == "current" { return cycle.items[cycle.position % cycle.items.count] }
      if name == "next" || name == "reset" { return .function(.method(value, name)) }
    default: break
    }
    return name.hasPrefix("__") ? hidden(name, value) : nil
  }

  private func hidden(_ name: String, _ value: TemplateValue) -> TemplateValue {
    .undefined(
      TemplateValue.Undefined(
        hint: "access to attribute '\(name)' of '\(value.typeName)' object is unsafe.", isHidden: true))
  }

  private func loopMember(_ name: String, _ loop: LoopState) throws -> TemplateValue? {
    let count = loop.items.count
    switch name {
    case "index": return .integer(loop.index + 1)
    case "index0": return .integer(loop.index)
    case "revindex": return .integer(count - loop.index)
    case "revindex0": return .integer(count - loop.index - 1)
    case "first": return .bool(loop.index == 0)
    case "last": return .bool(loop.index == count - 1)
    case "length": return .integer(count)
    case "depth": return .integer(loop.depth)
    case "depth0": return .integer(loop.depth - 1)
    case "previtem":
      return loop.index > 0
        ? loop.items[loop.index - 1] : .undefined(TemplateValue.Undefined(hint: "there is no previous item"))
    case "nextitem":
      return loop.index + 1 < count
        ? loop.items[loop.index + 1] : .undefined(TemplateValue.Undefined(hint: "there is no next item"))
    case "cycle", "changed": return .function(.method(.loop(loop), name))
    default: return nil
    }
  }
}
