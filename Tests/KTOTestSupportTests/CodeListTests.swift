import KTOCore
import KTOTestSupport
import Testing

struct CodeListTests {
  private func code(_ id: String, _ title: String = "a thing", why: String = "It matters.") -> Code {
    Code(id, .error, title, why: why, example: "x", remedy: "Change it.")
  }

  @Test func `a list without faults has no problems`() {
    #expect(problems(in: [code("X01"), code("X02", "another thing")], family: "X") == [])
  }

  @Test func `faults are named`() {
    #expect(problems(in: [code("X01"), code("X01", "b")], family: "X") == ["X01 is there twice"])
    #expect(problems(in: [code("X01"), code("X02")], family: "X") == ["X02 has the title of another code"])
    #expect(problems(in: [code("Y1")], family: "X") == ["Y1 is not X and two digits"])
    #expect(problems(in: [code("X01", "A title.")], family: "X") == ["X01 has no title of a few words"])
    #expect(
      problems(in: [code("X01", why: "Use --force.")], family: "X") == [
        "X01's why is not a sentence without options of the command line"
      ])
  }
}
