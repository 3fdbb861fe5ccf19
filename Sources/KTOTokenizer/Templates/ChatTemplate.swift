package import KTOCore

/// A chat template: Jinja as transformers runs it (trim_blocks, lstrip_blocks, loop controls, `generation`).
///
/// Parsed once; each rendering starts afresh. A template is untrusted: it can neither run without end nor take
/// memory without bound.
package struct ChatTemplate: Sendable {
  private let statements: [TemplateStatement]
  private let source: [Unicode.Scalar]
  /// What errors call the template.
  package let name: String
  package var limits = TemplateLimits()
  /// The date that `strftime_now` tells; without one, a template that asks fails.
  package var clock: TemplateClock?

  /// Parses a template.
  /// - Throws: `TemplateError` with line and column.
  package init(source text: String, name: String) throws {
    self.name = name
    var lexer = TemplateLexer(text)
    source = lexer.source
    do throws(TemplateLexer.Failure) {
      statements = try TemplateParser.parse(try lexer.tokenize())
    } catch {
      throw Self.error(error.reason, error.position, lexer.source, name)
    }
  }

  /// The template's text for a context: an object with `messages`, `add_generation_prompt` and whatever else
  /// the template reads.
  /// - Throws: `TemplateError`.
  package func render(_ context: JSONValue) throws -> String {
    guard case .dict(let names) = TemplateValue(context) else {
      throw Self.error(.type("the context must be an object"), 0, source, name)
    }
    let renderer = TemplateRenderer(limits: limits, clock: clock)
    do {
      return try renderer.render(statements, context: names)
    } catch let fault as TemplateFault {
      throw Self.error(fault.reason, renderer.position, source, name)
    }
  }

  private static func error(
    _ reason: TemplateError.Reason, _ position: Int, _ source: [Unicode.Scalar], _ name: String
  ) -> TemplateError {
    var line = 1
    var column = 1
    for scalar in source.prefix(position) {
      if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += UTF8.width(scalar) }
    }
    return TemplateError(reason: reason, template: name, line: line, column: column)
  }
}
