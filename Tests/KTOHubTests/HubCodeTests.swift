import KTOHub
import KTOTestSupport
import Testing

struct HubCodeTests {
  @Test func `the codes are sound`() { #expect(problems(in: hubCodes, family: "H") == []) }
}
