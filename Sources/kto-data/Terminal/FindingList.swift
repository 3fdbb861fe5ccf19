internal import KTOCore

/// Shows findings as they come, at most so many of one code, and at the end how many more there were.
struct FindingList {
  private let limit: Int
  private let terminal: Terminal
  private var counts: [String: Int] = [:]
  /// Hints that were given: the same one does not come with every finding.
  private var hints: Set<String> = []
  /// Those that were shown, in their order.
  private(set) var shown: [Diagnostic] = []

  /// - Parameter limit: 0 shows all.
  init(limit: Int, terminal: Terminal) {
    self.limit = limit
    self.terminal = terminal
  }

  /// - Parameter clear: called before something is written, to take a moving line away.
  mutating func show(_ diagnostic: Diagnostic, after clear: () -> Void = {}) {
    let count = counts[diagnostic.code, default: 0] + 1
    counts[diagnostic.code] = count
    if limit == 0 || count <= limit {
      clear()
      var told = diagnostic.withFlags
      if let hint = told.hint, !hints.insert(hint).inserted { told.hint = nil }
      terminal.show(told)
      shown.append(diagnostic)
    }
  }

  /// Call once, last.
  func end() {
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) where limit > 0 && count > limit {
      terminal.writeError("\(count - limit) more of \(code); --show 0 shows all\n")
    }
  }
}

extension Diagnostic {
  /// The finding with a hint such as `set kto.lambda_u=1.25` as an option of the command line.
  fileprivate var withFlags: Diagnostic {
    var finding = self
    finding.hint = hint?.replacing("set data.map=FILE", with: "use --map FILE").replacing(
      /\bset (?=[a-z_]+(?:\.[a-z_]+)+=)/, with: "--set ")
    return finding
  }
}
