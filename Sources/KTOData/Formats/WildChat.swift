package import KTOCore

/// WildChat and LMSYS-Chat-1M: a `conversation` of messages that nobody judged.
package struct WildChat: RecordFormat {
  package static let name = "wildchat"
  package static let summary = "WildChat and LMSYS-Chat-1M: conversation, a list of role/content messages"
  package static let sample = #"""
    {"conversation_hash":"c","conversation":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}],"label":true}
    """#
  package static let fields = ["id", "conversation"] + identifiers + CommonFields.names
  private static let identifiers = ["conversation_hash", "conversation_id"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard let list = record["conversation"], record["chosen"] == nil, record["rejected"] == nil else {
      return 0
    }
    guard isList(list, of: "role") else { return list.array == nil ? 0 : 1 }
    return identifiers.contains { record[$0] != nil } ? 3 : 2
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    for name in Self.identifiers { output.readID(of: record, name) }
    guard let list = record["conversation"] else {
      return output.error(.wrongShape, record, "", "the record has no \"conversation\"")
    }
    let verdict = output.evidence(of: record, "")
    guard let turns = output.turns(list, "/conversation") else { return }
    output.addConversation(turns, of: list, "/conversation", verdict: verdict)
  }
}
