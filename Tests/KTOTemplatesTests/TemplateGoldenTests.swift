import KTOCore
import KTOTemplates
import KTOTestSupport
import Testing

/// The fixtures that Tests/Oracles/template_goldens.py makes with jinja2 3.1.6 in transformers' environment.
struct TemplateGoldenTests {
  static let names = [
    "whitespace", "printing", "arithmetic", "comparison", "subscripts", "sandbox", "loops", "statements",
    "macros",
    "tests", "filters", "tojson", "methods", "markup", "falsehood", "errors",
  ]

  static func path(_ name: String) -> String { Fixtures.path("templates/\(name)") }

  @Test(arguments: names)
  func `templates render, or are refused, as Jinja does it`(_ name: String) throws {
    var parser = JSONParser()
    let context = try parser.parse(try readFile(Self.path("context.json"))).value
    for line in try readFile(Self.path("\(name).jsonl")).split(separator: 0x0A) {
      let golden = try parser.parse(line)
      let source = try #require(golden["template"]?.string)
      let rendered = Result {
        var template = try ChatTemplate(source: source, name: name)
        template.clock = TemplateClock(year: 2024, month: 7, day: 3, hour: 9, minute: 5, second: 7)
        return try template.render(context)
      }
      if let text = golden["text"]?.string {
        #expect(throws: Never.self, "\(source)") { try rendered.get() }
        #expect((try? rendered.get()).map { Array($0.utf8) } == Array(text.utf8), "\(source)")
      } else {
        #expect(throws: TemplateError.self, "\(source)") { try rendered.get() }
      }
    }
  }
}
