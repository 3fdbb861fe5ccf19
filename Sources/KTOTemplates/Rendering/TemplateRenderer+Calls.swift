extension TemplateRenderer {
  func call(_ function: TemplateValue, _ arguments: TemplateCallValues) throws -> TemplateValue {
    switch function {
    case .function(.macro(let macro, let scope)): return try call(macro, scope, arguments)
    case .function(.global(let name)): return try callGlobal(name, arguments)
    case .function(.method(let receiver, let name)): return try callMethod(name, of: receiver, arguments)
    case .function(.cycler(let cycle)):
      _ = cycle
      throw TemplateFault.type("'Cycler' object is not callable")
    case .function(.joiner(let cycle)):
      defer { cycle.position = 1 }
      return cycle.position == 0 ? .string("") : cycle.items[0]
    case .loop(let loop):
      guard arguments.positional.count == 1 else { throw TemplateFault.type("loop() takes one argument") }
      return try recurse(loop, over: arguments.positional[0])
    case .undefined(let missing):
      throw TemplateFault(missing.isHidden ? .security(missing.hint) : .undefined(missing.hint))
    default: throw TemplateFault.type("'\(function.typeName)' object is not callable")
    }
  }

  private func call(
    _ macro: TemplateMacro, _ outer: TemplateScope, _ arguments: TemplateCallValues
  ) throws -> TemplateValue {
    try enter()
    defer { depth -= 1 }
    let scope = TemplateScope(parent: outer)
    let parameters = macro.signature.parameters
    var named = arguments.named
    for (index, name) in parameters.enumerated() {
      if index < arguments.positional.count {
        guard !named.contains(where: { $0.name == name }) else {
          throw TemplateFault.type("macro '\(macro.name)' got multiple values for argument '\(name)'")
        }
        scope.set(name, arguments.positional[index])
      } else if let place = named.firstIndex(where: { $0.name == name }) {
        scope.set(name, named.remove(at: place).value)
      } else {
        let fromEnd = parameters.count - index
        if fromEnd <= macro.signature.defaults.count {
          let value = macro.signature.defaults[macro.signature.defaults.count - fromEnd]
          scope.set(name, try evaluate(value, scope))
        } else {
          scope.set(
            name,
            .undefined(TemplateValue.Undefined(hint: "parameter '\(name)' was not provided")))
        }
      }
    }
    try takeRest(macro, arguments.positional.dropFirst(parameters.count), &named, scope)
    return .string(try capture(macro.body, scope))
  }

  /// Arguments beyond the signature, which only a macro that names `varargs`, `kwargs` or `caller` may be given.
  private func takeRest(
    _ macro: TemplateMacro, _ rest: ArraySlice<TemplateValue>,
    _ named: inout [(name: String, value: TemplateValue)], _ scope: TemplateScope
  ) throws {
    if !macro.signature.parameters.contains("caller"), macro.usesCaller {
      let place = named.firstIndex { $0.name == "caller" }
      let caller = place.map { named.remove(at: $0).value }
      scope.set("caller", caller ?? .undefined(TemplateValue.Undefined(hint: "No caller defined")))
    }
    if macro.usesKwargs {
      var dict = TemplateDict()
      for (name, value) in named { dict.set(name, value) }
      scope.set("kwargs", .dict(dict))
    } else if let extra = named.first {
      throw TemplateFault.type(
        extra.name == "caller"
          ? "macro '\(macro.name)' was invoked with two values for the special caller argument"
          : "macro '\(macro.name)' takes no keyword argument '\(extra.name)'")
    }
    if macro.usesVarargs {
      scope.set("varargs", .tuple(Array(rest)))
    } else if !rest.isEmpty {
      throw TemplateFault.type(
        "macro '\(macro.name)' takes not more than \(macro.signature.parameters.count) argument(s)")
    }
  }

  private func callGlobal(_ name: String, _ arguments: TemplateCallValues) throws -> TemplateValue {
    switch name {
    case "range": return try range(arguments)
    case "raise_exception":
      let message = try arguments.positional.first ?? arguments["message"] ?? missingArgument(name)
      throw TemplateFault(.raised(try text(of: message)))
    case "strftime_now":
      guard let format = (arguments.positional.first ?? arguments["format"])?.string else {
        throw TemplateFault.type("strftime() argument 1 must be str")
      }
      guard let clock else { throw TemplateFault(.noClock) }
      return .string(clock.text(format))
    case "cycler":
      guard !arguments.positional.isEmpty else {
        throw TemplateFault.type("at least one item has to be provided")
      }
      return .function(.cycler(TemplateCycle(arguments.positional)))
    case "joiner":
      return .function(
        .joiner(TemplateCycle([arguments.positional.first ?? arguments["sep"] ?? .string(", ")])))
    default:
      let dict = try makeDict(arguments)
      guard name == "namespace" else { return .dict(dict) }
      for key in dict.keys.compactMap(\.string) { try checkStorable(key) }
      for value in dict.values {
        try checkNesting(value, 1)
      }
      return makeNamespace(dict)
    }
  }

  private func missingArgument(_ function: String) throws -> TemplateValue {
    throw TemplateFault.type("\(function)() missing an argument")
  }

  private func makeDict(_ arguments: TemplateCallValues) throws -> TemplateDict {
    var dict = TemplateDict()
    if let first = arguments.positional.first {
      if case .dict(let other) = first {
        dict = other
      } else {
        for pair in try items(of: first) {
          let parts = try items(of: pair)
          try workOnKey(.tuple(parts))
          guard parts.count == 2, dict.set(parts[0], parts[1]) else {
            throw TemplateFault.type("a dict is made of pairs with hashable keys")
          }
        }
      }
    }
    for (name, value) in arguments.named { dict.set(name, value) }
    try work(dict.count)
    return dict
  }

  private func range(_ arguments: TemplateCallValues) throws -> TemplateValue {
    var bounds: [Int] = []
    for value in arguments.positional {
      guard case .integer(let number)? = value.number else {
        throw TemplateFault.type("'\(value.typeName)' object cannot be interpreted as an integer")
      }
      bounds.append(number)
    }
    guard (1...3).contains(bounds.count), arguments.named.isEmpty else {
      throw TemplateFault.type("range expected 1 to 3 arguments, got \(bounds.count)")
    }
    let range =
      bounds.count == 1
      ? TemplateRange(start: 0, stop: bounds[0], step: 1)
      : TemplateRange(start: bounds[0], stop: bounds[1], step: bounds.count == 3 ? bounds[2] : 1)
    guard range.step != 0, range.step != .min else {
      throw TemplateFault.value("range() arg 3 must not be zero")
    }
    guard range.count <= TemplateRange.limit else {
      throw TemplateFault.value(
        "Range too big. The sandbox blocks ranges larger than \(TemplateRange.limit).")
    }
    return .range(range)
  }

  private func callMethod(
    _ name: String, of receiver: TemplateValue, _ arguments: TemplateCallValues
  ) throws -> TemplateValue {
    switch receiver {
    case .string(let text): return try callString(name, text, arguments)
    case .markup(let text): return try callMarkup(name, text, arguments)
    case .dict(let dict):
      switch name {
      case "keys": return .view("dict_keys", dict.keys)
      case "values": return .view("dict_values", dict.values)
      case "items": return .view("dict_items", dict.pairs)
      case "copy": return receiver
      default:
        guard let key = arguments.positional.first else {
          throw TemplateFault.type("get expected at least 1 argument, got 0")
        }
        guard let hashed = try self.key(key) else {
          throw TemplateFault.type("unhashable type: '\(key.typeName)'")
        }
        return dict[hashed] ?? (arguments.positional.count > 1 ? arguments.positional[1] : .none)
      }
    case .list(let items), .tuple(let items):
      if name == "copy" { return receiver }
      guard let element = arguments.positional.first else {
        throw TemplateFault.type("\(name)() takes an argument")
      }
      var count = 0
      for (index, item) in items.enumerated() where try isEqual(item, element) {
        if name == "index" { return .integer(index) }
        count += 1
      }
      if name == "index" { throw TemplateFault.value("\(try text(of: element)) is not in list") }
      return .integer(count)
    case .loop(let loop): return try callLoop(name, loop, arguments)
    case .function(.cycler(let cycle)):
      if name == "reset" {
        cycle.position = 0
      } else {
        defer { cycle.position += 1 }
        return cycle.items[cycle.position % cycle.items.count]
      }
      return .none
    case .function:
      var dict = TemplateDict()
      for key in try items(of: arguments.positional.first ?? .list([])) {
        try workOnKey(key)
        dict.set(key, arguments.positional.count > 1 ? arguments.positional[1] : .none)
      }
      return .dict(dict)
    default: throw TemplateFault.type("'\(receiver.typeName)' has no method '\(name)'")
    }
  }

  private func callLoop(
    _ name: String, _ loop: LoopState, _ arguments: TemplateCallValues
  ) throws -> TemplateValue {
    if name == "cycle" {
      guard !arguments.positional.isEmpty else { throw TemplateFault.type("no items for cycling given") }
      return arguments.positional[loop.index % arguments.positional.count]
    }
    let isSame = try loop.lastChanged.map { try isEqual(.tuple($0), .tuple(arguments.positional)) } ?? false
    loop.lastChanged = arguments.positional
    return .bool(!isSame)
  }
}
