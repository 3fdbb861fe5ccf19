import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Files of label rules: what is wrong with them, each at its place.
struct LabelRuleFileTests {
  private func findings(_ bytes: [UInt8]) -> [Diagnostic] {
    do {
      _ = try LabelRuleFile(bytes, path: "rules.yaml")
      return []
    } catch { return error.diagnostics }
  }

  @Test(arguments: [
    "⟦C04: rules is missing⟧{}", "⟦C02: must be a mapping with the key rules⟧- kind: thumbs",
    "⟦C01: unknown key 'rule'⟧rule: []", "rules: ⟦C03: at least one rule⟧[]", "rules: ⟦C02: must be a list⟧7",
    "rules:\n  - ⟦C02: rules[0] must be a mapping with a kind⟧thumbs",
    "rules:\n  - ⟦C04: rules[0].kind is missing⟧field: a",
    "rules:\n  - kind: ⟦C03: rules[0].kind must be one of field, words⟧word",
    "rules:\n  - kind: thumbs\n    ⟦C01: unknown key 'rules[0].wieght'⟧wieght: 1",
    "rules:\n  - kind: thumbs\n    weight: ⟦C03: from 0 to 1000000⟧-1",
    "rules:\n  - kind: pair\n  - ⟦C04: rules[1].field is missing⟧kind: field\n    desirable: 1",
    "rules:\n  - kind: field\n    ⟦C05: no value means anything⟧field: a",
    "rules:\n  - kind: field\n    field: a\n    desirable: [true, Yes]\n    ⟦C05: \"yes\" is among⟧undesirable: yes",
    "rules:\n  - kind: field\n    field: a\n    desirable: [1, ⟦C02: true, false, a number⟧[2]]",
    "rules:\n  - kind: words\n    ⟦C05: without the table⟧standard: false",
    "rules:\n  - kind: words\n    desirable: [👍🏽]\n    ⟦C05: is among⟧undesirable: [👍]",
    "rules:\n  - ⟦C04: rules[0].desirable_from is missing⟧kind: score\n    undesirable_to: 1",
    "rules:\n  - kind: score\n    desirable_from: 1\n    ⟦C05: 1.0 is not below⟧undesirable_to: 1",
    "rules:\n  - kind: rank\n    ⟦C05: undesirable_from is needed⟧field: place",
    "rules:\n  - kind: rank\n    ⟦C05: 0 is not behind⟧undesirable_from: 0",
    "rules:\n  - kind: annotators\n    agreement: ⟦C03: majority, minimum or unanimous⟧most",
    "rules:\n  - kind: annotators\n    ⟦C05: needs the share⟧agreement: minimum",
    "rules:\n  - kind: annotators\n    ⟦C05: counts with agreement: minimum⟧minimum: 0.75",
    "rules:\n  - kind: annotators\n    ⟦C05: other limit⟧desirable_from: 4",
    "rules:\n  - kind: thumbs\n    ⟦C00: given twice⟧kind: pair",
  ])
  func `what is wrong with a file is found at its place`(marked: String) throws {
    let text = try MarkedText(marked)
    #expect(text.differences(from: findings(text.bytes)) == [])
  }

  @Test func `a key or a kind that is nearly right has a suggestion`() {
    func hint(_ yaml: String) -> String? { findings(Array(yaml.utf8)).first?.hint }
    #expect(hint("rules: [{kind: thumb}]") == "did you mean thumbs?")
    #expect(
      hint("rules: [{kind: score, desirable_frm: 1, undesirable_to: 0, desirable_from: 1}]")
        == "did you mean 'rules[0].desirable_from'?")
    #expect(hint("rules: [thumbs]") == "did you mean {kind: thumbs}?")
    #expect(hint("ruels: []") == "did you mean 'rules'?")
  }

  @Test func `the sample is a file with every kind`() throws {
    let file = try LabelRuleFile(Array(sampleLabelRules.utf8), path: "rules.yaml")
    #expect(Set(file.rules.map(\.kind)) == Set(labelRules.map { $0.name }))
  }

  @Test func `the page of label rules names every kind and every key`() throws {
    let page = String(
      decoding: try readFile(Fixtures.root.appending(path: "docs/label-rules.md").path), as: UTF8.self)
    for kind in labelRules {
      #expect(page.contains("## \(kind.name)\n"), "\(kind.name)")
      for key in keys(of: kind) { #expect(page.contains("`\(key)`"), "\(kind.name): \(key)") }
    }
  }

  private func keys<Rule: LabelRule>(of type: Rule.Type) -> [String] { Rule.Keys.fields.map(\.key) }
}
