package import KTOCore

/// What must be the same for a checkpoint to be continued: keys of the configuration and what else decides a run's
/// numbers, each with its value.
package struct RunIdentity: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    /// The dotted path of a key, or a name of its own such as `model.commit`.
    package var key: String
    package var value: JSONValue
    /// Whether what a checkpoint holds would be wrong with another value, so that no one can allow it.
    package var isFixed: Bool

    package init(_ key: String, _ value: JSONValue, isFixed: Bool = false) {
      self.key = key
      self.value = value
      self.isFixed = isFixed
    }
  }

  /// A member that a checkpoint and a run do not share. The texts are JSON; nil where there is no such member.
  package struct Difference: Sendable, Equatable {
    package var key: String
    package var checkpoint: String?
    package var run: String?
    /// Whether nobody can allow it.
    package var isFixed: Bool

    package init(key: String, checkpoint: String?, run: String?, isFixed: Bool = false) {
      self.key = key
      self.checkpoint = checkpoint
      self.run = run
      self.isFixed = isFixed
    }
  }

  package var members: [Member]

  package init(_ members: [Member]) { self.members = members }

  /// As a checkpoint keeps it.
  package var json: JSONValue { .object(JSONObject(members.map { .init($0.key, JSONNode($0.value)) })) }

  /// Every member that differs from a checkpoint's: in this run's order, then those that only the checkpoint has.
  package func differences(from checkpoint: JSONObject) -> [Difference] {
    let changed = members.compactMap { member -> Difference? in
      let (theirs, ours) = (checkpoint[member.key]?.value.jsonText, member.value.jsonText)
      return theirs == ours
        ? nil : Difference(key: member.key, checkpoint: theirs, run: ours, isFixed: member.isFixed)
    }
    let gone = checkpoint.members.filter { theirs in !members.contains { $0.key == theirs.key } }
    return changed
      + gone.map { Difference(key: $0.key, checkpoint: $0.node.value.jsonText, run: nil, isFixed: true) }
  }
}

extension RunIdentity.Difference: CustomStringConvertible {
  package var description: String {
    "\(key) is \(checkpoint ?? "absent") in the checkpoint and \(run ?? "absent") here"
  }
}
