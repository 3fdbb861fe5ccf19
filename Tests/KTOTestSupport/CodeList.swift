package import KTOCore

/// What is wrong with a target's list of codes, a sentence each; empty where nothing is.
/// - Parameter family: the letter that all of its identifiers begin with.
package func problems(in codes: [Code], family: Character) -> [String] {
  var problems: [String] = []
  for (index, code) in codes.enumerated() {
    if codes[..<index].contains(where: { $0.id == code.id }) { problems.append("\(code.id) is there twice") }
    if codes[..<index].contains(where: { $0.title == code.title }) {
      problems.append("\(code.id) has the title of another code")
    }
    let digits = code.id.dropFirst()
    if code.id.first != family || digits.count != 2 || !digits.allSatisfy(\.isNumber) {
      problems.append("\(code.id) is not \(family) and two digits")
    }
    if code.title.isEmpty || code.title.hasSuffix(".") {
      problems.append("\(code.id) has no title of a few words")
    }
    for (name, text) in [("why", code.why), ("remedy", code.remedy)]
    where !text.hasSuffix(".") || text.contains("--") {
      problems.append("\(code.id)'s \(name) is not a sentence without options of the command line")
    }
    if code.example.isEmpty { problems.append("\(code.id) has no example") }
  }
  return problems
}
