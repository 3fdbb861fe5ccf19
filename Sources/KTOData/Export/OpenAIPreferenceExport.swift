internal import KTOCore

/// OpenAI's preference form for DPO: answers to one prompt, a desirable one and an undesirable one, become a pair.
///
/// Each answer is in one pair at most; those without a partner in their part are left out and counted. Memory: about
/// 40 bytes an answer that waits for its partner, whose text waits in a scratch file.
package struct OpenAIPreferenceExport: ExampleExport {
  package static let name = "openai-dpo"
  package static let summary =
    "OpenAI's preference pairs for DPO, of a desirable and an undesirable answer to one prompt"
  package static let keeps: Set<ExamplePart> = [.system, .tools, .messageFields]

  package private(set) var losses = ExportLosses()
  private let files: PartLines
  private let waiting: WaitingAnswers

  package static func fileName(split: String) -> String? { split + ".jsonl" }

  package static func files(in folder: String, parts: [String]) -> [String] { parts.map { $0 + ".jsonl" } }

  package init(_ target: ExportTarget) throws {
    files = PartLines(target)
    waiting = WaitingAnswers(try ScratchFile(folder: target.folder))
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    guard example.completion.count == 1 else {
      losses.leaveOut("an answer of more than one message")
      return []
    }
    guard let other = try waiting.partner(of: example, row, part: part) else { return [] }
    let (better, worse) = example.label == true ? (example, other) : (other, example)
    var input: [JSONObject.Member] = [
      .init("messages", JSONNode(.items(better.prompt.map { $0.openAIJSON() })))
    ]
    if let tools = better.tools { input.append(.init("tools", JSONNode(tools))) }
    let pair: JSONValue = .members([
      "input": .object(JSONObject(input)),
      "preferred_output": .items(better.completion.map { $0.openAIJSON() }),
      "non_preferred_output": .items(worse.completion.map { $0.openAIJSON() }),
    ])
    for example in [better, worse] { losses.note(example, keeping: Self.keeps) }
    try files.append(Array(pair.jsonText.utf8), part: part)
    return [better, worse]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    for _ in 0..<waiting.count { losses.leaveOut("an answer whose prompt has no answer of the other class") }
    return try files.finish()
  }
}

/// Answers that wait for one of the other class to the same prompt.
private final class WaitingAnswers {
  private struct Key: Hashable {
    var part: Int
    var prompt: UInt64
    var label: Bool
  }

  private var scratch: ScratchFile
  private var places: [Key: [(start: Int, count: Int)]] = [:]
  private(set) var count = 0

  init(_ scratch: consuming ScratchFile) { self.scratch = scratch }

  /// The answer that has waited longest; where none waits, this one does.
  func partner(of example: Example, _ row: StoredExample, part: Int) throws -> Example? {
    let prompt = JSONValue.items(example.prompt.map { $0.json() } + [example.tools ?? .null]).jsonText
    let label = example.label ?? false
    let key = Key(part: part, prompt: contentKey(prompt.utf8), label: label)
    let wanted = Key(part: part, prompt: key.prompt, label: !label)
    if let place = places[wanted]?.first {
      let other = try StoredExample(json: scratch.read(at: place.start, count: place.count)).example()
      if other.prompt == example.prompt {
        places[wanted]?.removeFirst()
        count -= 1
        return other
      }
    }
    places[key, default: []].append((scratch.byteCount, row.json.count))
    try scratch.append(row.json)
    count += 1
    return nil
  }
}
