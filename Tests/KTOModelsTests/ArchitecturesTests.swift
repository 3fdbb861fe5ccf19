import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOModels

/// What is true of every architecture on the list.
struct ArchitecturesTests {
  @Test func `each model type belongs to one architecture`() {
    let types = Architectures.modelTypes
    #expect(Set(types).count == types.count)
    for architecture in Architectures.all {
      #expect(!architecture.modelTypes.isEmpty)
      #expect(architecture.modelTypes.allSatisfy { Architectures.named($0) == architecture })
    }
  }

  @Test func `each GGUF form belongs to one architecture`() {
    let forms = Architectures.all.compactMap { $0.gguf }.map { "\($0.name), window \($0.window != .absent)" }
    #expect(Set(forms).count == forms.count)
  }

  @Test(arguments: Architectures.all.map { $0.name })
  func `each architecture has a summary of one line and a golden`(name: String) throws {
    let architecture = try #require(Architectures.named(name))
    #expect(!architecture.summary.isEmpty && architecture.summary.count < 100)
    #expect(!architecture.summary.contains("\n"))
    let folder = Fixtures.path("architectures/\(name)")
    #expect(try ModelPlan(folder: folder).modelType == name)
  }

  @Test func `each golden belongs to an architecture on the list`() throws {
    let names = architectureGoldens.compactMap { $0.split(separator: "-").first.map(String.init) }
    #expect(Set(names) == Set(Architectures.all.map { $0.name }))
  }

  @Test func `each architecture is on the page that tells how to add one`() throws {
    let page = Fixtures.root.appending(path: "docs/adding-an-architecture.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for architecture in Architectures.all { #expect(text.contains("`\(architecture.name)`")) }
  }

  @Test func `a model type that is not on the list is refused with those that are`() throws {
    var parser = JSONParser()
    let json = try parser.parse(Array(#"{"model_type": "gpt2"}"#.utf8))
    let error = #expect(throws: ModelError.unsupported(key: "model_type", value: "gpt2")) {
      try ModelPlan(json: json)
    }
    #expect(error?.description.hasSuffix(Architectures.modelTypes.joined(separator: ", ")) == true)
  }
}
