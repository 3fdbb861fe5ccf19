import KTOCore
import KTOTokenizer
import Testing

private func render(_ source: String, _ change: (inout ChatTemplate) -> Void = { _ in }) throws -> String {
  var template = try ChatTemplate(source: source, name: "t")
  change(&template)
  return try template.render(.members(["n": .integer(1)]))
}

private func reason(_ source: String, _ change: (inout ChatTemplate) -> Void = { _ in }) -> TemplateError
  .Reason?
{
  do {
    _ = try render(source, change)
    return nil
  } catch { return (error as? TemplateError)?.reason }
}

struct TemplateLimitTests {
  @Test func `an error in the syntax has its line and column`() {
    let error = #expect(throws: TemplateError.self) { try render("é\n  {{ n | }}") }
    #expect(error?.line == 2 && error?.column == 10)
  }

  @Test func `an error while rendering has its line and column in bytes`() {
    let error = #expect(throws: TemplateError.self) { try render("x\né{{ n.a.b }}") }
    #expect(error?.line == 2 && error?.column == 9)
  }

  @Test func `raise_exception gives its text`() {
    #expect(reason("{{ raise_exception('no ' ~ n) }}") == .raised("no 1"))
  }

  @Test func `without a clock strftime_now is refused`() {
    #expect(reason("{{ strftime_now('%Y') }}") == .noClock)
  }

  @Test func `loops that take too long are stopped`() {
    let loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    #expect(reason(loop) { $0.limits.steps = 50_000 } == .tooManySteps(limit: 50_000))
  }

  @Test func `too much text is stopped`() {
    #expect(reason("{{ 'ab' * 1000 }}") { $0.limits.textByteCount = 1000 } == .tooMuchText(limit: 1000))
  }

  @Test func `text that doubles is stopped`() {
    let source =
      "{% set s = namespace(t='ab') %}{% for i in range(99) %}{% set s.t = s.t ~ s.t %}{% endfor %}"
    #expect(reason(source) { $0.limits.textByteCount = 1 << 20 } == .tooMuchText(limit: 1 << 20))
  }

  @Test func `a list that doubles by sharing cannot be printed for ever`() {
    let source =
      "{% set s = namespace(l=[1]) %}{% for i in range(60) %}{% set s.l = [s.l, s.l] %}{% endfor %}{{ s.l }}"
    #expect(reason(source) { $0.limits.steps = 100_000 } == .tooManySteps(limit: 100_000))
  }

  @Test func `a list nested ever deeper is stopped`() {
    let source = "{% set s = namespace(l=[]) %}{% for i in range(9999) %}{% set s.l = [s.l] %}{% endfor %}"
    #expect(reason(source) == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `batches of batches are stopped`() {
    let source =
      "{% set s = namespace(l=[1]) %}{% for i in range(9999) %}{% set s.l = s.l|batch(1)|list %}{% endfor %}"
    #expect(reason(source) == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `a chain of namespaces is freed`() throws {
    let source =
      "{% set s = namespace(p=none) %}{% for i in range(20000) %}{% set s.p = namespace(p=s.p) %}{% endfor %}x"
    #expect(try render(source) == "x")
  }

  @Test func `a macro without end is stopped`() {
    #expect(
      reason("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}") == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `brackets nested too deeply are refused`() {
    let source = "{{ " + String(repeating: "(", count: 9999) + String(repeating: ")", count: 9999) + " }}"
    #expect(reason(source) == .tooDeep(limit: 100))
  }

  @Test func `operators one after another without end are refused`() {
    #expect(reason("{{ 1" + String(repeating: " + 1", count: 99_999) + " }}") == .tooDeep(limit: 250))
  }

  @Test func `signs one after another without end are refused`() {
    #expect(reason("{{ " + String(repeating: "-", count: 99_999) + "1 }}") == .tooDeep(limit: 100))
  }

  @Test func `blocks nested too deeply are refused`() {
    #expect(reason(String(repeating: "{% if n %}", count: 9999)) == .tooDeep(limit: 100))
  }

  @Test func `statements without a loader are refused by name`() {
    #expect(reason("{% include 'x' %}") == .unsupported("{% include %}"))
  }
}
