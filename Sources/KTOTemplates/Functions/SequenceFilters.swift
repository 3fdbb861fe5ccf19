extension TemplateRenderer {
  /// The filters that go through the items of a value.
  func sequenceFilter(
    _ name: String, _ value: TemplateValue, _ arguments: Arguments
  ) throws -> TemplateValue {
    switch name {
    case "list": return .list(try items(of: value))
    case "first":
      if case .iterator(let iterator) = value, let first = iterator.takeFirst() { return first }
      return try items(of: value).first
        ?? .undefined(TemplateValue.Undefined(hint: "No first item, sequence was empty."))
    case "last":
      if case .iterator = value { throw TemplateFault.type("'generator' object is not reversible") }
      return try items(of: value).last
        ?? .undefined(TemplateValue.Undefined(hint: "No last item, sequence was empty."))
    case "reverse":
      if let text = value.string {
        let reversed = PythonText.string(text.unicodeScalars.reversed())
        return value.isMarkup ? .markup(reversed) : .string(reversed)
      }
      return .iterator(TemplateIterator(try items(of: value).reversed()))
    case "map": return try map(value, arguments)
    case "select", "reject": return try select(value, arguments, keeps: name == "select", byAttribute: false)
    case "selectattr", "rejectattr":
      return try select(value, arguments, keeps: name == "selectattr", byAttribute: true)
    case "sort":
      let sorted = try sort(
        try items(of: value), by: arguments[2, "attribute"],
        isCaseSensitive: arguments.flag(1, "case_sensitive", or: false),
        reverses: arguments.flag(0, "reverse", or: false))
      return .list(sorted)
    case "dictsort": return try dictsort(value, arguments)
    case "unique": return try unique(value, arguments)
    case "min", "max": return try extreme(value, arguments, wantsMax: name == "max")
    case "sum": return try sum(value, arguments)
    case "groupby": return try groupby(value, arguments)
    case "batch": return try batch(value, arguments)
    case "slice": return try columns(value, arguments)
    case "wordcount":
      let text = try text(of: value).unicodeScalars
      var count = 0
      var isInWord = false
      for scalar in text {
        let properties = scalar.properties
        let isWord = scalar == "_" || properties.isAlphabetic || properties.numericType != nil
        if isWord, !isInWord { count += 1 }
        isInWord = isWord
      }
      return .integer(count)
    default: throw TemplateFault(.unsupported("the filter '\(name)'"))
    }
  }

  /// An item's attribute by a path such as `function.name` or `0`.
  ///
  /// - Parameter other: what stands for each step that is undefined.
  func lookUp(
    _ path: TemplateValue, in value: TemplateValue, or other: TemplateValue? = nil
  ) throws -> TemplateValue {
    func orOther(_ found: TemplateValue) -> TemplateValue { isUndefined(found) ? other ?? found : found }
    guard let text = path.string else { return orOther(try item(path, of: value)) }
    try work(text.utf8.count / 16)
    var found = value
    for part in PythonText.split(text, at: ".", limit: nil, fromEnd: false) {
      let isIndex = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
      let key: TemplateValue = isIndex ? Int(part).map { .integer($0) } ?? .string(part) : .string(part)
      found = orOther(try item(key, of: found))
    }
    return found
  }

  private func map(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    var mapped: [TemplateValue] = []
    // What is false as a whole, such as none, is not gone through.
    guard value.isTrue else { return .iterator(TemplateIterator([])) }
    if arguments.count == 0, let attribute = arguments.values["attribute"] {
      let other = arguments.values["default"]
      for item in try items(of: value) {
        mapped.append(try lookUp(attribute, in: item, or: other))
      }
    } else {
      let name = try arguments.string(0, "filter")
      var rest = arguments.values
      rest.positional.removeFirst()
      for item in try items(of: value) { mapped.append(try filter(name, item, rest)) }
    }
    return .iterator(TemplateIterator(mapped))
  }

  private func select(
    _ value: TemplateValue, _ arguments: Arguments, keeps: Bool, byAttribute: Bool
  ) throws -> TemplateValue {
    guard value.isTrue else { return .iterator(TemplateIterator([])) }
    var rest = arguments.values.positional
    var attribute: TemplateValue?
    if byAttribute {
      guard !rest.isEmpty else { throw TemplateFault.type("Missing parameter for attribute name") }
      attribute = rest.removeFirst()
    }
    var name: String?
    if !rest.isEmpty { name = try text(of: rest.removeFirst()) }
    var kept: [TemplateValue] = []
    for item in try items(of: value) {
      try work()
      let subject = try attribute.map { try lookUp($0, in: item) } ?? item
      if try name.map({ try test(subject, $0, rest) }) ?? subject.isTrue == keeps { kept.append(item) }
    }
    return .iterator(TemplateIterator(kept))
  }

  private func folded(_ value: TemplateValue, _ isCaseSensitive: Bool) -> TemplateValue {
    if !isCaseSensitive, let text = value.string { return .string(PythonText.lower(text)) }
    return value
  }

  private func sort(
    _ items: [TemplateValue], by attribute: TemplateValue?, isCaseSensitive: Bool, reverses: Bool
  ) throws -> [TemplateValue] {
    var paths: [TemplateValue] = []
    if let attribute, !isNone(attribute) {
      if let text = attribute.string {
        paths = PythonText.split(text, at: ",", limit: nil, fromEnd: false).map { .string($0) }
      } else {
        paths = [attribute]
      }
    }
    var keyed: [(key: TemplateValue, item: TemplateValue, place: Int)] = []
    for (place, item) in items.enumerated() {
      let keys = try paths.map { folded(try lookUp($0, in: item), isCaseSensitive) }
      keyed.append((paths.isEmpty ? folded(item, isCaseSensitive) : .list(keys), item, place))
    }
    try work(keyed.count * 8)
    // The standard library's sort is not promised to be stable: equal keys keep their order by place.
    try keyed.sort { a, b in
      if try precedes(a.key, b.key) { return !reverses }
      if try precedes(b.key, a.key) { return reverses }
      return a.place < b.place
    }
    return keyed.map(\.item)
  }

  private func dictsort(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    guard case .dict(let dict) = value else { throw TemplateFault.type("dictsort needs a mapping") }
    let by = try arguments.optionalString(1, "by") ?? "key"
    guard by == "key" || by == "value" else {
      throw TemplateFault.value("You can only sort by either \"key\" or \"value\"")
    }
    return .list(
      try sort(
        dict.pairs, by: .integer(by == "key" ? 0 : 1),
        isCaseSensitive: arguments.flag(0, "case_sensitive", or: false),
        reverses: arguments.flag(2, "reverse", or: false)))
  }

  private func unique(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    let isCaseSensitive = arguments.flag(0, "case_sensitive", or: false)
    let attribute = arguments[1, "attribute"]
    var seen = Set<TemplateDict.Key>()
    var kept: [TemplateValue] = []
    for item in try items(of: value) {
      let subject = folded(try attribute.map { try lookUp($0, in: item) } ?? item, isCaseSensitive)
      guard let key = try key(subject) else {
        throw TemplateFault.type("unhashable type: '\(subject.typeName)'")
      }
      if seen.insert(key).inserted { kept.append(item) }
    }
    return .iterator(TemplateIterator(kept))
  }

  private func extreme(_ value: TemplateValue, _ arguments: Arguments, wantsMax: Bool) throws -> TemplateValue
  {
    let isCaseSensitive = arguments.flag(0, "case_sensitive", or: false)
    let attribute = arguments[1, "attribute"]
    var best: (key: TemplateValue, item: TemplateValue)?
    for item in try items(of: value) {
      let key = folded(try attribute.map { try lookUp($0, in: item) } ?? item, isCaseSensitive)
      if let current = best {
        guard try wantsMax ? precedes(current.key, key) : precedes(key, current.key) else { continue }
      }
      best = (key, item)
    }
    return best?.item
      ?? .undefined(TemplateValue.Undefined(hint: "No aggregated item, sequence was empty."))
  }

  private func sum(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    var total = arguments[1, "start"] ?? .integer(0)
    for item in try items(of: value) {
      let subject =
        if let attribute = arguments[0, "attribute"], !isNone(attribute) {
          try lookUp(attribute, in: item)
        } else { item }
      total = try arithmetic("+", total, subject)
    }
    return total
  }

  private func groupby(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    let attribute = try arguments.value(0, "attribute")
    let other = arguments[1, "default"]
    let isCaseSensitive = arguments.flag(2, "case_sensitive", or: false)
    func key(_ item: TemplateValue) throws -> TemplateValue { try lookUp(attribute, in: item, or: other) }
    var pairs: [TemplateValue] = []
    for item in try items(of: value) { pairs.append(.tuple([folded(try key(item), isCaseSensitive), item])) }
    var groups: [(folded: TemplateValue, key: TemplateValue, items: [TemplateValue])] = []
    for pair in try sort(pairs, by: .integer(0), isCaseSensitive: true, reverses: false) {
      guard case .tuple(let parts) = pair else { continue }
      if let last = groups.last, try isEqual(last.folded, parts[0]) {
        groups[groups.count - 1].items.append(parts[1])
      } else {
        groups.append((parts[0], try key(parts[1]), [parts[1]]))
      }
    }
    return .list(groups.map { .tuple([$0.key, .list($0.items)]) })
  }

  private func batch(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    let count = try arguments.integer(0, "linecount") ?? 0
    guard count > 0 else { throw TemplateFault.value("batch needs a count of at least 1") }
    var rows: [[TemplateValue]] = []
    for item in try items(of: value) {
      if let last = rows.last, last.count < count {
        rows[rows.count - 1].append(item)
      } else {
        rows.append([item])
      }
    }
    if let fill = arguments[1, "fill_with"], !isNone(fill), let last = rows.last {
      let missing = count - last.count
      try work(missing)
      rows[rows.count - 1] += Array(repeating: fill, count: missing)
    }
    return .iterator(TemplateIterator(rows.map { .list($0) }))
  }

  private func columns(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    let count = try arguments.integer(0, "slices") ?? 0
    guard count > 0 else { throw TemplateFault.value("slice needs a count of at least 1") }
    try work(count)
    let items = try items(of: value)
    let (size, extra) = items.count.quotientAndRemainder(dividingBy: count)
    var columns: [TemplateValue] = []
    var start = 0
    for column in 0..<count {
      let end = start + size + (column < extra ? 1 : 0)
      var part = Array(items[start..<end])
      if let fill = arguments[1, "fill_with"], !isNone(fill), column >= extra { part.append(fill) }
      columns.append(.list(part))
      start = end
    }
    return .iterator(TemplateIterator(columns))
  }
}
