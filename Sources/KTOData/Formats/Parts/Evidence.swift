internal import KTOCore

/// What a record says that a label can be made from, and where it says it.
struct Evidence: Sendable {
  var signal: Signal
  /// What messages call it: the name of its field, with its value.
  var name: String
  /// Byte offset in its record.
  var offset: Int
  var pointer: String
}

extension Draft {
  /// Adds what the turns of the answer say about themselves. What earlier answers say is named as not used, since they
  /// are no examples here.
  mutating func takeEvidence(of output: inout ConvertedRecord) {
    evidence += completion.flatMap(\.evidence)
    for found in prompt.flatMap(\.evidence) {
      let steps = found.pointer.split(separator: "/", omittingEmptySubsequences: false)
      guard let field = steps.last else { continue }
      output.leave(String(field), in: steps.dropLast().joined(separator: "/"))
    }
  }
}
