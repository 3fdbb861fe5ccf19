internal import KTOCore

/// Why a chat template cannot be read or rendered, and where that shows.
///
/// Lines and columns count from 1, columns in UTF-8 bytes.
package struct TemplateError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// The template's text is not a template of the language.
    case syntax(String)
    /// A statement, filter, test or function that this build does not have.
    case unsupported(String)
    /// Something undefined was used; the text says what.
    case undefined(String)
    /// An operation on values that it does not apply to.
    case type(String)
    /// An index, division or conversion without a result.
    case value(String)
    /// Something the sandbox does not allow.
    case security(String)
    /// The template called `raise_exception` with this text.
    case raised(String)
    /// More work than `limit` units: a loop without end, or nearly.
    case tooManySteps(limit: Int)
    /// More text than `limit` bytes.
    case tooMuchText(limit: Int)
    /// Macros, blocks or expressions nested deeper than `limit`.
    case tooDeep(limit: Int)
    /// The template asks for today's date, and none was given to it.
    case noClock
  }

  package var reason: Reason
  package var template: String
  package var line: Int
  package var column: Int
}

extension TemplateError: CustomStringConvertible {
  package var description: String {
    "\(template):\(line):\(column): \(reason.description)"
  }
}

extension TemplateError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let text): "template syntax: \(excerpt(text, limit: 200))"
    case .unsupported(let text): "not supported in templates: \(excerpt(text))"
    case .undefined(let text), .type(let text), .value(let text), .security(let text):
      excerpt(text, limit: 200)
    case .raised(let text): "the template refuses: \(excerpt(text, limit: 400))"
    case .tooManySteps(let limit): "the template takes more than \(limit) steps"
    case .tooMuchText(let limit): "the template makes more than \(limit) bytes of text"
    case .tooDeep(let limit): "the template nests deeper than \(limit) levels"
    case .noClock: "the template asks for the current date; none is given, so that output stays the same"
    }
  }
}

/// A failure before its place is known; whoever knows the place makes a `TemplateError` of it.
struct TemplateFault: Error {
  var reason: TemplateError.Reason

  init(_ reason: TemplateError.Reason) { self.reason = reason }

  static func type(_ text: String) -> TemplateFault { TemplateFault(.type(text)) }
  static func value(_ text: String) -> TemplateFault { TemplateFault(.value(text)) }
}
