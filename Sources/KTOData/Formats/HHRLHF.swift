package import KTOCore

/// Transcripts of the hh-rlhf data set: one string a side, cut at the **last** "\n\nAssistant:", because an
/// earlier cut would put a whole dialogue into the answer.
package struct HHRLHF: RecordFormat {
  package static let name = "hh-rlhf"
  package static let summary =
    #"pairs of transcripts with "\n\nHuman:" and "\n\nAssistant:" before the turns"#
  package static let sample = #"""
    {"chosen":"\n\nHuman: Hi\n\nAssistant: Hello!","rejected":"\n\nHuman: Hi\n\nAssistant: What?"}
    """#
  package static let fields = ["id", "chosen", "rejected"] + CommonFields.systemNames + Pair.scoreFieldNames

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let sides = [record["chosen"], record["rejected"]]
    let areTranscripts = sides.allSatisfy { $0?.string?.hasPrefix("\n\nHuman:") == true }
    return areTranscripts && record["prompt"] == nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let pair = Pair(record, in: &output) else { return }
    let (chosen, rejected) = pair.nodes
    guard let better = transcript(chosen, "/chosen", in: &output),
      let worse = transcript(rejected, "/rejected", in: &output)
    else { return }
    let (prompt, otherPrompt) = (Array(better.dropLast()), Array(worse.dropLast()))
    guard prompt.map(\.message) == otherPrompt.map(\.message) else {
      output.error(
        .roleOrder, rejected, "/rejected", "chosen and rejected do not answer the same prompt",
        hint: "everything before the last \"\\n\\nAssistant:\" must be equal on both sides")
      return
    }
    pair.emit(
      prompt: prompt, chosen: Array(better.suffix(1)), rejected: Array(worse.suffix(1)), in: &output)
  }

  private func transcript(_ node: JSONNode, _ pointer: String, in output: inout ConvertedRecord) -> [Turn]? {
    guard let text = node.string else {
      output.error(.wrongShape, node, pointer, "a transcript must be a string, not a JSON \(node.typeName)")
      return nil
    }
    var turns: [Turn] = []
    for piece in pieces(Array(text.utf8)) {
      turns.append(
        Turn(role: piece.role, text: piece.text, at: node, pointer))
    }
    guard turns.count > 1, turns.last?.message.role == "assistant" else {
      output.error(
        .roleOrder, node, pointer,
        "the transcript does not end with an \"\\n\\nAssistant:\" turn after a prompt")
      return nil
    }
    return turns
  }

  /// The turns between the markers, white space around each removed.
  private func pieces(_ bytes: [UInt8]) -> [(role: String, text: String)] {
    let markers = [(Array("\n\nHuman:".utf8), "user"), (Array("\n\nAssistant:".utf8), "assistant")]
    var result: [(role: String, text: String)] = []
    var role: String?
    var start = 0
    func close(at end: Int) {
      guard let role else { return }
      var slice = bytes[start..<end]
      while let first = slice.first, first == 0x20 || first == 0x0A { slice.removeFirst() }
      while let last = slice.last, last == 0x20 || last == 0x0A { slice.removeLast() }
      result.append((role, String(decoding: slice, as: UTF8.self)))
    }
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x0A,
        let (marker, name) = markers.first(where: { bytes[index...].starts(with: $0.0) })
      {
        close(at: index)
        role = name
        index += marker.count
        start = index
      } else {
        index += 1
      }
    }
    close(at: bytes.count)
    return result
  }
}

extension HHRLHF {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "hh-rlhf pair",
      "description": "Two transcripts of one dialogue that differ in the last assistant turn.",
      "type": "object",
      "required": [
        "chosen",
        "rejected"
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "chosen": {
          "type": "string",
          "pattern": "^\\n\\nHuman:"
        },
        "rejected": {
          "type": "string",
          "pattern": "^\\n\\nHuman:"
        }
      }
    }
    """#)
}
