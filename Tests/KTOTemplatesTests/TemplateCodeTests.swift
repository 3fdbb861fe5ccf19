import KTOTemplates
import KTOTestSupport
import Testing

struct TemplateCodeTests {
  @Test func `the codes are sound`() { #expect(problems(in: templateCodes, family: "R") == []) }
}
