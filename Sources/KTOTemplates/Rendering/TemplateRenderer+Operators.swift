internal import Glibc

extension TemplateRenderer {
  func negate(_ value: TemplateValue) throws -> TemplateValue {
    switch value.number {
    case .integer(let number):
      guard number != .min else { throw overflow() }
      return .integer(-number)
    case .double(let number): return .double(-number)
    case nil: throw operand(value) ?? .type("bad operand type for unary -: '\(value.typeName)'")
    }
  }

  func positive(_ value: TemplateValue) throws -> TemplateValue {
    switch value.number {
    case .integer(let number): return .integer(number)
    case .double(let number): return .double(number)
    case nil: throw operand(value) ?? .type("bad operand type for unary +: '\(value.typeName)'")
    }
  }

  func arithmetic(_ symbol: String, _ a: TemplateValue, _ b: TemplateValue) throws -> TemplateValue {
    if let left = a.number, let right = b.number { return try arithmetic(symbol, left, right) }
    switch (symbol, a, b) {
    case ("+", .string(let left), .string(let right)):
      let text = left + right
      try charge(text)
      return .string(text)
    case ("+", .list(let left), .list(let right)):
      try work(left.count + right.count)
      return .list(left + right)
    case ("+", .tuple(let left), .tuple(let right)):
      try work(left.count + right.count)
      return .tuple(left + right)
    case ("+", .markup, _), ("+", _, .markup):
      guard let left = Markup.escaped(a).string, let right = Markup.escaped(b).string else { break }
      try charge(left)
      try charge(right)
      let text = left + right
      try charge(text)
      return .markup(text)
    case ("%", .markup(let format), _): return .markup(try percentFormat(format, Markup.escaped(b)))
    case ("%", .string(let format), _): return .string(try percentFormat(format, b))
    case ("*", _, _):
      if case .integer(let count)? = b.number, let product = try repeated(a, count) { return product }
      if case .integer(let count)? = a.number, let product = try repeated(b, count) { return product }
    default: break
    }
    throw operand(a) ?? operand(b)
      ?? .type("unsupported operand type(s) for \(symbol): '\(a.typeName)' and '\(b.typeName)'")
  }

  private func overflow() -> TemplateFault { .value("an integer of more than 64 bits") }

  /// The error of an operation on something undefined.
  private func operand(_ value: TemplateValue) -> TemplateFault? {
    guard case .undefined(let missing) = value else { return nil }
    return TemplateFault(missing.isHidden ? .security(missing.hint) : .undefined(missing.hint))
  }

  private func repeated(_ value: TemplateValue, _ count: Int) throws -> TemplateValue? {
    let size: Int
    switch value {
    case .string(let text), .markup(let text): size = text.utf8.count
    case .list(let items), .tuple(let items): size = items.count * 16
    default: return nil
    }
    let (total, overflow) = size.multipliedReportingOverflow(by: max(count, 0))
    guard !overflow, total <= limits.textByteCount else {
      throw TemplateFault(.tooMuchText(limit: limits.textByteCount))
    }
    try work(total / 64 + 1)
    switch value {
    case .string(let text): return .string(String(repeating: text, count: max(count, 0)))
    case .markup(let text): return .markup(String(repeating: text, count: max(count, 0)))
    case .list(let items): return .list(Array(repeatElement(items, count: max(count, 0)).joined()))
    case .tuple(let items): return .tuple(Array(repeatElement(items, count: max(count, 0)).joined()))
    default: return nil
    }
  }

  private func arithmetic(
    _ symbol: String, _ a: TemplateNumber, _ b: TemplateNumber
  ) throws -> TemplateValue {
    if case .integer(let left) = a, case .integer(let right) = b {
      return try integerArithmetic(symbol, left, right)
    }
    let (left, right) = (a.double, b.double)
    switch symbol {
    case "+": return .double(left + right)
    case "-": return .double(left - right)
    case "*": return .double(left * right)
    case "**": return .double(try power(left, right))
    default: break
    }
    guard right != 0 else { throw TemplateFault.value("float division by zero") }
    switch symbol {
    case "/": return .double(left / right)
    case "//": return .double((left / right).rounded(.down))
    default: return .double(Self.modulo(left, right))
    }
  }

  private static func modulo(_ left: Double, _ right: Double) -> Double {
    let rest = fmod(left, right)
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
  }

  private func power(_ base: Double, _ exponent: Double) throws -> Double {
    if base == 0, exponent < 0 { throw TemplateFault.value("zero to a negative power") }
    let result = pow(base, exponent)
    if result.isNaN, !base.isNaN, !exponent.isNaN { throw TemplateFault.value("a complex number") }
    return result
  }

  private func integerArithmetic(_ symbol: String, _ a: Int, _ b: Int) throws -> TemplateValue {
    let result: (partialValue: Int, overflow: Bool)
    switch symbol {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "**":
      guard b >= 0 else { return .double(try power(Double(a), Double(b))) }
      return .integer(try integerPower(a, b))
    default:
      guard b != 0 else { throw TemplateFault.value("division by zero") }
      if symbol == "/" { return .double(Double(a) / Double(b)) }
      guard !(a == .min && b == -1) else { throw overflow() }
      let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
      let isUnder = rest != 0 && (rest < 0) != (b < 0)
      return .integer(symbol == "//" ? (isUnder ? quotient - 1 : quotient) : (isUnder ? rest + b : rest))
    }
    guard !result.overflow else { throw overflow() }
    return .integer(result.partialValue)
  }

  private func integerPower(_ base: Int, _ exponent: Int) throws -> Int {
    if base == 1 || exponent == 0 { return 1 }
    if base == 0 { return 0 }
    if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
    var result = 1
    for _ in 0..<min(exponent, 64) {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { throw self.overflow() }
      result = product
    }
    return result
  }

  /// Python's `value[start:stop:step]`.
  func slice(_ value: TemplateValue, _ start: Int?, _ stop: Int?, _ step: Int) throws -> TemplateValue {
    guard step != 0 else { throw TemplateFault.value("slice step cannot be zero") }
    switch value {
    case .markup(let text): return Markup.marked(try slice(.string(text), start, stop, step))
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      try work(scalars.count / 16 + 1)
      var part = ""
      part.unicodeScalars.append(contentsOf: Self.slice(scalars, start, stop, step))
      return .string(part)
    case .list(let items):
      try work(items.count / 16 + 1)
      return .list(Self.slice(items, start, stop, step))
    case .tuple(let items): return .tuple(Self.slice(items, start, stop, step))
    case .range(let range): return .range(Self.slice(range, start, stop, step))
    case .undefined(let missing): throw TemplateFault(.undefined(missing.hint))
    default: return .undefined(TemplateValue.Undefined(hint: "\(value.typeName) object has no slices"))
    }
  }

  private static func slice(
    _ range: TemplateRange, _ start: Int?, _ stop: Int?, _ step: Int
  ) -> TemplateRange {
    let places = bounds(range.count, start, stop, step)
    return TemplateRange(
      start: range.start &+ places.start &* range.step, stop: range.start &+ places.end &* range.step,
      step: range.step &* max(-TemplateRange.limit, min(step, TemplateRange.limit)))
  }

  private static func slice<T>(_ items: [T], _ start: Int?, _ stop: Int?, _ step: Int) -> [T] {
    var (index, end) = bounds(items.count, start, stop, step)
    if step == 1 { return index < end ? Array(items[index..<end]) : [] }
    var result: [T] = []
    while step > 0 ? index < end : index > end {
      result.append(items[index])
      let (next, overflow) = index.addingReportingOverflow(step)
      if overflow { break }
      index = next
    }
    return result
  }

  /// Where a slice begins and where it ends, which it does not reach.
  private static func bounds(
    _ count: Int, _ start: Int?, _ stop: Int?, _ step: Int
  ) -> (start: Int, end: Int) {
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func clamp(_ bound: Int?, _ other: Int) -> Int {
      guard let bound else { return other }
      if bound < 0 { return bound < -count ? low : max(bound + count, low) }
      return min(bound, high)
    }
    return (clamp(start, step > 0 ? low : high), clamp(stop, step > 0 ? high : low))
  }
}
