import KTOCore
import KTOTemplates
import Testing

struct ChatRequestFileTests {
  /// Roles of the first message of each conversation, or the findings.
  private func read(_ text: String) throws -> [String] {
    var found: [String] = []
    try ChatRequestFile(Array(text.utf8), name: "f").forEach { request, _ in
      switch request {
      case .success(let request):
        guard case .array(let messages) = request.messages else { return found.append("?") }
        found.append(messages.map { $0["role"]?.string ?? "?" }.joined(separator: "+"))
      case .failure(let error): found.append("\(error.diagnostic)")
      }
    }
    return found
  }

  @Test(arguments: [
    (#"[{"role":"a"},{"role":"b"}]"#, ["a+b"]), (#"{"messages":[{"role":"a"}]}"#, ["a"]),
    ("{\"messages\":\n[{\"role\":\"a\"}]\n}\n\n", ["a"]),
    (#"{"prompt":[{"role":"a"}],"completion":[{"role":"b"}]}"#, ["a+b"]),
    (#"[[{"role":"a"}],[{"role":"b"}]]"#, ["a", "b"]),
    (#"[{"messages":[{"role":"a"}]},[{"role":"b"}]]"#, ["a", "b"]),
    ("[{\"role\":\"a\"}]\n\n  \n{\"messages\":[{\"role\":\"b\"}]}", ["a", "b"]), ("[]", [""]),
  ])
  func `conversations are found however they are wrapped`(_ text: String, _ roles: [String]) throws {
    #expect(try read(text) == roles)
  }

  @Test func `a bad line is a finding with its place, and the others are read`() throws {
    let found = try read("[{\"role\":\"a\"}]\n[}\n{\"x\":1}\n5\n[{\"role\":\"b\"}]\n")
    #expect(found.count == 5 && found.first == "a" && found.last == "b")
    #expect(found[1].hasPrefix("f:2:3: error: R01:"))
    #expect(found[2].hasPrefix("f:3:1: error: R01: expected \"messages\""))
    #expect(found[3].hasPrefix("f:4:1: error: R01: expected an array"))
  }

  @Test func `what is no JSON is refused with its place`() {
    let error = #expect(throws: ChatRequestFinding.self) { try read("{\n \"messages\": oops\n}") }
    #expect(error?.diagnostic.location?.line == 2)
  }

  @Test func `tools and documents come with the conversation`() throws {
    let text = #"{"messages":[],"tools":[{"name":"f"}],"documents":null}"#
    try ChatRequestFile(Array(text.utf8), name: "f").forEach { request, _ in
      let request = try request.get()
      #expect(request.tools != nil && request.documents == nil)
    }
  }
}
