/// An expression and where it stands in the source.
struct TemplateExpression: Sendable {
  var position: Int
  var kind: Kind

  indirect enum Kind: Sendable {
    case literal(Literal)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dict([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(TemplateExpression?, TemplateExpression?, TemplateExpression?)
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression?, String, TemplateArguments)
    case test(TemplateExpression, String, TemplateArguments)
    case not(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case binary(String, TemplateExpression, TemplateExpression)
    case concatenation([TemplateExpression])
    case comparison(TemplateExpression, [(symbol: String, operand: TemplateExpression)])
    case conditional(then: TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
  }

  enum Literal: Sendable, Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
  }
}

extension TemplateExpression {
  /// Whether its value may be nested deeper than the values it uses.
  var mayNestDeeper: Bool {
    switch kind {
    case .list, .tuple, .dict, .call, .filter, .attribute: true
    case .and(let left, let right), .or(let left, let right), .binary(_, let left, let right):
      left.mayNestDeeper || right.mayNestDeeper
    case .conditional(let then, _, let otherwise): then.mayNestDeeper || (otherwise?.mayNestDeeper ?? false)
    case .item(let object, _): object.mayNestDeeper
    default: false
    }
  }
}

struct TemplateArguments: Sendable {
  var positional: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
  var positionalRest: TemplateExpression?
  var namedRest: TemplateExpression?
}

/// What is assigned to.
indirect enum TemplateTarget: Sendable {
  case name(String)
  case tuple([TemplateTarget])
  case namespaceAttribute(String, String)
}

/// The parameters of a macro or a call block; defaults belong to the last of them.
struct TemplateSignature: Sendable {
  var parameters: [String] = []
  var defaults: [TemplateExpression] = []
}

struct TemplateLoop: Sendable {
  var target: TemplateTarget
  var iterable: TemplateExpression
  var condition: TemplateExpression?
  var isRecursive: Bool
  var body: [TemplateStatement]
  var otherwise: [TemplateStatement]
}

struct TemplateMacro: Sendable {
  var name: String
  var signature: TemplateSignature
  var body: [TemplateStatement]
  /// Which of `varargs`, `kwargs` and `caller` the body asks for: what a call may bring beyond the signature.
  var usesVarargs = false
  var usesKwargs = false
  var usesCaller = false
}

/// A statement and where it stands in the source.
struct TemplateStatement: Sendable {
  var position: Int
  var kind: Kind

  indirect enum Kind: Sendable {
    case text(String)
    case output([TemplateExpression])
    case condition(
      [(condition: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
    case loop(TemplateLoop)
    case assignment(TemplateTarget, TemplateExpression)
    case blockAssignment(TemplateTarget, filter: TemplateExpression?, body: [TemplateStatement])
    case macro(TemplateMacro)
    case call(TemplateExpression, TemplateMacro)
    case filterBlock(TemplateExpression, [TemplateStatement])
    case generation([TemplateStatement])
    case scope([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement])
    case breakLoop
    case continueLoop
  }
}
