import KTOTestSupport
import KTOTokenizer
import Testing

struct TokenizerCodeTests {
  @Test func `the codes are sound`() { #expect(problems(in: tokenizerCodes, family: "T") == []) }
}
