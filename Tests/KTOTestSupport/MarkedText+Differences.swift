package import KTOCore

extension MarkedText {
  /// How the findings differ from what the marks expect, a sentence each; empty where they agree.
  ///
  /// Each mark takes one finding with its code, place and part of the message, the mark with the longest part first.
  /// The order of the findings is not compared.
  package func differences(from found: [Diagnostic]) -> [String] {
    var rest = found
    var unmet: [Int] = []
    func partLength(_ index: Int) -> Int { expected[index].messagePart.utf8.count }
    for wanted in expected.indices.sorted(by: { partLength($0) > partLength($1) }) {
      if let index = rest.firstIndex(where: { expected[wanted].isMet(by: $0) }) {
        rest.remove(at: index)
      } else {
        unmet.append(wanted)
      }
    }
    var differences: [String] = []
    for wanted in unmet.sorted().map({ expected[$0] }) {
      if let index = rest.firstIndex(where: { wanted.hasCodeAndPlace(of: $0) }) {
        let message = rest.remove(at: index).message
        differences.append("\(wanted.summary) says \"\(message)\", which lacks \"\(wanted.messagePart)\"")
      } else {
        differences.append("\(wanted.summary) is missing: \"\(wanted.messagePart)\"")
      }
    }
    return differences + rest.map { "\(ExpectedFinding($0).summary) is not expected: \"\($0.message)\"" }
  }
}

extension ExpectedFinding {
  fileprivate init(_ found: Diagnostic) {
    let location = found.location.flatMap { $0.line > 0 ? $0 : nil }
    self.init(
      code: found.code, place: location.map { Place(line: $0.line, column: $0.column) },
      messagePart: found.message)
  }

  fileprivate func hasCodeAndPlace(of found: Diagnostic) -> Bool {
    let other = ExpectedFinding(found)
    return code == other.code && place == other.place
  }

  fileprivate func isMet(by found: Diagnostic) -> Bool {
    hasCodeAndPlace(of: found) && (messagePart.isEmpty || found.message.contains(messagePart))
  }

  /// `C02 at 3:7`, or `C04 about the whole`.
  fileprivate var summary: String {
    place.map { "\(code) at \($0.line):\($0.column)" } ?? "\(code) about the whole"
  }
}
