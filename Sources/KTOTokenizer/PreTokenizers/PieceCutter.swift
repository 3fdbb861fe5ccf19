/// What becomes of the matches that a text is split at.
enum SplitBehavior: String, Sendable, Equatable, CaseIterable {
  case removed = "Removed"
  /// Each match is a piece.
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  /// Matches side by side are one piece.
  case contiguous = "Contiguous"
}

/// Makes pieces of matches and of what lies between them, which come in the order of the text.
struct PieceCutter {
  private let behavior: SplitBehavior
  /// A piece that may still grow.
  private var open: Range<Int>?
  private var openIsMatch = false
  private var lastWasMatch = false

  init(_ behavior: SplitBehavior) { self.behavior = behavior }

  mutating func add(_ range: Range<Int>, isMatch: Bool, to pieces: inout [Range<Int>]) {
    switch behavior {
    case .removed: if !isMatch, !range.isEmpty { pieces.append(range) }
    case .isolated: if !range.isEmpty { pieces.append(range) }
    case .contiguous: grow(if: isMatch == lastWasMatch, range, isMatch, &pieces)
    case .mergedWithPrevious: grow(if: isMatch && !lastWasMatch, range, isMatch, &pieces)
    case .mergedWithNext: grow(if: openIsMatch && !isMatch, range, isMatch, &pieces)
    }
    lastWasMatch = isMatch
  }

  mutating func finish(_ pieces: inout [Range<Int>]) {
    if let open, !open.isEmpty { pieces.append(open) }
    open = nil
  }

  private mutating func grow(
    if joins: Bool, _ range: Range<Int>, _ isMatch: Bool, _ pieces: inout [Range<Int>]
  ) {
    if joins, let last = open {
      open = last.lowerBound..<range.upperBound
    } else {
      finish(&pieces)
      open = range
    }
    openIsMatch = isMatch
  }
}
