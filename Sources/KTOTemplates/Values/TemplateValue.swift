/// A value of the template language, with Python's meaning.
///
/// Lists and dicts are plain values: the sandbox lets no template change one.
indirect enum TemplateValue {
  /// Nothing; the text says what was looked for.
  case undefined(Undefined)
  case none
  case bool(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  /// Text marked as HTML, by the filters `safe` and `escape`.
  case markup(String)
  case list([TemplateValue])
  case tuple([TemplateValue])
  case dict(TemplateDict)
  case range(TemplateRange)
  /// What a generator yields: can be gone through once, and has no length.
  case iterator(TemplateIterator)
  /// A dict's keys, values or items.
  case view(String, [TemplateValue])
  case namespace(TemplateNamespace)
  case loop(LoopState)
  case function(TemplateFunction)

  struct Undefined {
    var hint: String
    /// Whether the sandbox hides it, rather than that it is missing.
    var isHidden = false
  }

  static func undefined(named name: String) -> TemplateValue {
    .undefined(Undefined(hint: "'\(name)' is undefined"))
  }
}

/// Python's `range`, which takes no memory for its items.
struct TemplateRange {
  var start: Int
  var stop: Int
  var step: Int

  /// At most as many as the sandbox allows, so that nothing overflows.
  static let limit = 100_000

  var count: Int {
    let (distance, overflow) =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    if overflow { return (stop > start) == (step > 0) ? .max : 0 }
    guard distance > 0 else { return 0 }
    return (distance - 1) / Int(clamping: step.magnitude) + 1
  }

  var values: [TemplateValue] { (0..<min(count, Self.limit)).map { .integer(start + $0 * step) } }
}

/// A generator's items.
final class TemplateIterator {
  private(set) var items: [TemplateValue]

  init(_ items: [TemplateValue]) { self.items = items }

  /// The items not taken yet; afterwards there are none.
  func takeAll() -> [TemplateValue] {
    defer { items = [] }
    return items
  }

  func takeFirst() -> TemplateValue? { items.isEmpty ? nil : items.removeFirst() }
}

/// The object of `namespace()`, the only one whose attributes a template can set.
final class TemplateNamespace {
  var attributes: TemplateDict

  init(_ attributes: TemplateDict) { self.attributes = attributes }
}

/// The `loop` of a `for`.
final class LoopState {
  var items: [TemplateValue]
  var index = 0
  let depth: Int
  /// Renders the loop's body again over other items, where it is `recursive`.
  let recursion: (TemplateLoop, TemplateScope)?
  var lastChanged: [TemplateValue]?

  init(items: [TemplateValue], depth: Int, recursion: (TemplateLoop, TemplateScope)?) {
    self.items = items
    self.depth = depth
    self.recursion = recursion
  }
}

/// Names and their values, in the scope around it where they are not here.
final class TemplateScope {
  private var values: [String: TemplateValue] = [:]
  private let parent: TemplateScope?

  init(parent: TemplateScope?) { self.parent = parent }

  func find(_ name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let here = scope {
      if let value = here.values[name] { return value }
      scope = here.parent
    }
    return nil
  }

  func set(_ name: String, _ value: TemplateValue) { values[name] = value }

  func removeAll() { values = [:] }
}

/// Something that can be called.
indirect enum TemplateFunction {
  case global(String)
  case method(TemplateValue, String)
  case macro(TemplateMacro, TemplateScope)
  case cycler(TemplateCycle)
  case joiner(TemplateCycle)
}

/// The state of `cycler()` and `joiner()`.
final class TemplateCycle {
  let items: [TemplateValue]
  var position = 0

  init(_ items: [TemplateValue]) { self.items = items }
}
