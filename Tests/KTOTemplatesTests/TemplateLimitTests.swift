import KTOCore
import KTOTemplates
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

  @Test(arguments: [
    "{% for i in range(10**12) %}{% endfor %}", "{{ range(10**12)|list }}",
    "{{ range(0, 10**12, 10**9) is defined }}{{ range(99999999) }}",
  ])
  func `a range too large is refused before it is made`(_ source: String) {
    guard case .value = reason(source) else {
      Issue.record("\(String(describing: reason(source)))")
      return
    }
  }

  /// Few steps that ask for much text: each is refused before the text is made.
  @Test(arguments: [
    "{{ 'x' * 10**9 }}", "{{ [1] * 10**9 }}", "{{ 'x'.center(10**9) }}", "{{ 'x'.zfill(10**9) }}",
    "{{ ('x' * 10**5).replace('', 'y' * 10**5) }}", "{{ ['x' * 10**5] * 1000 | join }}",
    "{{ ([('x' * 10**5)] * 1000) | join }}", "{{ ''.join([('x' * 10**5)] * 1000) }}",
    "{{ ('x' * 10**5).join('y' * 1000) }}", "{{ ([''] * 1000) | join('x' * 10**5) }}",
    "{{ ([('x' * 10**5)] * 1000) | tojson }}", "{{ ([1] * 1000) | tojson(indent='x' * 10**5) }}",
    "{{ ([1] * 1000) | tojson(separators=['x' * 10**5, '']) }}", "{{ [('x' * 10**5)] * 1000 }}",
    "{{ ('%s' * 1000) % (([('x' * 10**5)] * 1000) | list,) }}", "{{ ('{0}' * 1000).format('x' * 10**5) }}",
    "{{ ('%(a)s' * 1000) | format(a='x' * 10**5) }}",
    "{{ ('\\n' * 1000) | indent('x' * 10**5, blank=true) }}",
    "{% set x = 'x' * 10**5 %}{{ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x ~ x }}",
    "{% set x = 'x' * 10**5 %}{% for i in range(99) %}{{ x }}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x='<'|e) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
  ])
  func `text without bound is stopped`(_ source: String) {
    let found = reason(source) { $0.limits.textByteCount = 1 << 20 }
    switch found {
    case .tooMuchText, .type: break
    default: Issue.record("\(String(describing: found))")
    }
  }

  @Test(arguments: [
    "{{ '%9999999d' % 1 }}", "{{ '{:9999999}'.format(1) }}", "{{ '%.99999f' % 1 }}",
    "{{ '%99999999999999999999d' % 1 }}",
  ])
  func `a width too large is refused`(_ source: String) {
    guard case .value = reason(source) else {
      Issue.record("\(String(describing: reason(source)))")
      return
    }
  }

  @Test(arguments: ["{{ 'x' | indent(10**9) }}", "{{ [1] | tojson(indent=10**9) }}"])
  func `an indentation too large is refused`(_ source: String) {
    guard case .type = reason(source) else {
      Issue.record("\(String(describing: reason(source)))")
      return
    }
  }

  /// Work that no count of expressions shows: each pass costs as much as the text is long.
  @Test(arguments: [
    "s == t", "s < t", "s in [t]", "s | length", "s | trim", "s | wordcount", "s | int", "s is upper",
    "s.find('xy')",
    "s.count('xx')", "s.rfind('xy')", "{s: 1}", "s[1:]", "s.startswith(t)", "s | first", "(s ~ 'y') in s",
    "s | tojson",
  ])
  func `long texts gone through many times are stopped`(_ expression: String) {
    let source =
      "{% set s = 'x' * 10**5 %}{% set t = 'x' * 10**5 %}{% for i in range(99999) %}{% if \(expression) %}{% endif %}{% endfor %}"
    #expect(reason(source) { $0.limits.steps = 20_000 } == .tooManySteps(limit: 20_000))
  }

  @Test func `macros that call one another without end are stopped`() {
    let source =
      "{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}"
    #expect(reason(source) == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `macros that call themselves twice are stopped`() {
    let source = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    #expect(reason(source) { $0.limits.steps = 100_000 } == .tooManySteps(limit: 100_000))
  }

  @Test func `a recursive loop without end is stopped`() {
    let source = "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}"
    #expect(reason(source) == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `a call block that calls itself is stopped`() {
    let source = "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}"
    #expect(reason(source) == .tooDeep(limit: TemplateLimits().depth))
  }

  @Test func `statements without a loader are refused by name`() {
    #expect(reason("{% include 'x' %}") == .unsupported("{% include %}"))
  }
}
