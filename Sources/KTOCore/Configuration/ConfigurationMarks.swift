/// What is special about a key, said in the table that defines it.
package struct ConfigurationMarks: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// A run that resumes may have another value than the run it continues.
  package static let mayChangeOnResume = ConfigurationMarks(rawValue: 1 << 0)
  /// A run that resumes cannot have another value, since what a checkpoint holds would be wrong with it. Keys without
  /// this mark and the one before may have another value where the user says so.
  package static let fixedByCheckpoint = ConfigurationMarks(rawValue: 1 << 2)
  /// Prepared rows do not depend on the value: it says where they come from or go to.
  package static let changesNoRow = ConfigurationMarks(rawValue: 1 << 1)
}

extension ConfigurationField {
  /// The same key with marks; those of a section hold for every key below it.
  package func marked(_ marks: ConfigurationMarks) -> ConfigurationField {
    var field = self
    field.marks.formUnion(marks)
    return field
  }
}

extension ConfigurationSection {
  /// Each key that has a value, by its dotted path and in the order of the tables, leaving out the keys that carry any
  /// of the marks or lie in a section that does.
  package func leaves(without marks: ConfigurationMarks = []) -> [(path: String, value: JSONValue)] {
    markedLeaves(Self.render(self), path: "", without: marks)
  }
}

private func markedLeaves(
  _ value: RenderedValue, path: String, without marks: ConfigurationMarks
) -> [(path: String, value: JSONValue)] {
  guard case .section(let members) = value else { return [(path, value.json)] }
  return members.filter { $0.marks.isDisjoint(with: marks) }.flatMap { member in
    markedLeaves(member.value, path: path.isEmpty ? member.key : "\(path).\(member.key)", without: marks)
  }
}
