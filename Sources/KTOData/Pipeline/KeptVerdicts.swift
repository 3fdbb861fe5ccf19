internal import KTOCore

extension Draft {
  /// Whether the record made other examples, too, so that not all it says is about this answer.
  var isOneOfSeveral: Bool { !idSuffix.isEmpty }

  /// The members that hold a verdict on this answer, so that other rules can label the example anew: those of its own
  /// part of the record, and those of the record that are about it.
  /// - Parameters:
  ///   - record: as the file has it.
  ///   - ofRecord: the members of the record that may hold a verdict.
  func verdicts(
    in record: JSONNode, _ ofRecord: [JSONObject.Member], _ words: VerdictWords
  ) -> [JSONObject.Member] {
    var kept: [JSONObject.Member] = []
    for part in [pointer] + completion.map(\.pointer) where !part.isEmpty {
      for member in record.value(at: fieldPath(part))?.object?.members ?? []
      where !member.node.isNull && (words.read(member.key) || isVerdict(member.key, of: part))
        && !kept.contains(where: { $0.key == member.key })
      {
        kept.append(member)
      }
    }
    for member in ofRecord where !kept.contains(where: { $0.key == member.key }) {
      let isAbout = evidence.contains { fieldPath($0.pointer).first == member.key }
      if !isOneOfSeveral || isAbout { kept.append(member) }
    }
    return kept
  }

  /// Whether a format's own field of a part was read. The score of an accepted answer by itself would say less than both.
  private func isVerdict(_ key: String, of part: String) -> Bool {
    VerdictFields.contain(key)
      && evidence.contains { found in
        if case .score(_, isAccepted: true) = found.signal { return false }
        return found.pointer == "\(part)/\(key)" || found.pointer.hasPrefix("\(part)/\(key)/")
      }
  }
}

extension Draft {
  /// Puts into the metadata what else the record says, and the verdicts on this answer.
  /// - Parameters:
  ///   - others: what nothing reads.
  ///   - ofRecord: the members of the record that may hold a verdict. An object that holds one on another answer may hold
  ///     more, and stays.
  mutating func keep(_ others: [JSONObject.Member], _ ofRecord: [JSONObject.Member]) {
    let shared = (others + ofRecord.filter { $0.node.object != nil }).filter { member in
      !verdicts.contains { $0.key == member.key }
    }
    guard !shared.isEmpty || !verdicts.isEmpty else { return }
    var object = metadata ?? JSONObject()
    for member in shared + verdicts where object[member.key] == nil { object.members.append(member) }
    metadata = object
  }
}
