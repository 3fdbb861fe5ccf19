internal import KTOCore

/// A form in which labelled examples are written for a trainer to read.
///
/// To add one, write its file here and its line in `ExampleExports.swift`; `--to`, help and documentation read the
/// list.
package protocol ExampleExport: SplitWriter, SendableMetatype where Row == StoredExample {
  /// What `--to` takes.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// Whether an example's weight is written; where not, weights are refused rather than lost.
  static var keepsWeights: Bool { get }
  /// The file of a split, such as `train.jsonl`.
  static func fileName(split: String) -> String
  /// - Parameters:
  ///   - split: `train`, `validation` or `test`.
  ///   - force: whether files that exist may be replaced.
  init(folder: String, split: String, force: Bool) throws
}

extension ExampleExport {
  package static func fileName(split: String) -> String { split + ".jsonl" }
}

/// An example on its way to an export: its JSON as this tool writes it, and the value where a writer asks for it.
package struct StoredExample: Sendable {
  /// The object, without a line end.
  package let json: [UInt8]

  package init(json: [UInt8]) { self.json = json }

  /// - Throws: `JSONSyntaxError` for what this tool has not written.
  package func example() throws -> Example {
    var parser = JSONParser()
    var output = ConvertedRecord()
    let node = try parser.parse(json)
    UnpairedRecord().convert(node, into: &output)
    output.readID(of: node)
    guard let draft = output.drafts.first else { throw JSONSyntaxError(reason: .syntax, offset: 0) }
    return Example(
      id: output.id ?? "", prompt: draft.prompt.map(\.message), completion: draft.completion.map(\.message),
      label: node["label"]?.bool, group: draft.group ?? "", weight: draft.weight, tools: draft.tools,
      source: draft.source ?? Source(file: "", line: 0, byteOffset: 0), signals: draft.evidence.map(\.signal),
      metadata: (node["metadata"]?.object).map { .object($0) })
  }
}
