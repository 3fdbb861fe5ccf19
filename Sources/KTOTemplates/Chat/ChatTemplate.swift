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
  /// Whether it marks what the assistant generated.
  package let hasGenerationBlocks: Bool

  /// Parses a template.
  /// - Throws: `TemplateError` with line and column.
  package init(source text: String, name: String) throws {
    self.name = name
    var lexer = TemplateLexer(text)
    source = lexer.source
    do throws(TemplateLexer.Failure) {
      let tokens = try lexer.tokenize()
      statements = try TemplateParser.parse(tokens)
      hasGenerationBlocks = zip(tokens, tokens.dropFirst()).contains {
        $0.kind == .blockBegin && $1.kind == .name("generation")
      }
    } catch {
      throw Self.error(error.reason, error.position, lexer.source, name)
    }
  }

  /// The template's text for a context: an object with `messages`, `add_generation_prompt` and whatever else
  /// the template reads.
  /// - Throws: `TemplateError`.
  package func render(_ context: JSONValue) throws -> String { try render(marking: context).text }

  /// Whether the template's source has this text.
  func contains(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    return source.indices.contains { source[$0...].starts(with: scalars) }
  }

  /// The text for a context, and what of it stands in `generation` blocks.
  func render(marking context: JSONValue) throws -> RenderedChat {
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
