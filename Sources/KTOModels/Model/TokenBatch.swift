internal import KTOKernels

/// Keys and values of earlier tokens, by layer, [P, keyWidth] each.
struct PastKeys {
  let layers: [(keys: Matrix, values: Matrix)]

  /// The same, its first rows.
  func prefix(_ count: Int) -> PastKeys {
    PastKeys(layers: layers.map { ($0.keys.rows(0..<count), $0.values.rows(0..<count)) })
  }
}

/// Sequences laid end to end without padding: the linear layers see one tall matrix, attention sees segments.
struct TokenBatch {
  /// What a segment's tokens see besides themselves.
  enum Prefix {
    case none
    /// Rows of this batch, which are a segment of their own without a prefix.
    case rows(Range<Int>)
    case past(PastKeys)
  }

  struct Segment {
    let rows: Range<Int>
    let prefix: Prefix
  }

  private(set) var tokens: [Int] = []
  private(set) var positions: [Int] = []
  private(set) var segments: [Segment] = []

  var rowCount: Int { tokens.count }

  /// Adds a segment whose first token stands at `position`; returns its rows.
  @discardableResult
  mutating func append(_ newTokens: some Sequence<UInt32>, position: Int = 0, prefix: Prefix = .none)
    -> Range<Int>
  {
    let start = tokens.count
    for (index, token) in newTokens.enumerated() {
      tokens.append(Int(token))
      positions.append(position + index)
    }
    let rows = start..<tokens.count
    if !rows.isEmpty { segments.append(Segment(rows: rows, prefix: prefix)) }
    return rows
  }

  /// The segments as attention at one layer takes them.
  func attentionSegments(layer: Int, keys: Matrix, values: Matrix) -> [AttentionSegment] {
    segments.map { segment in
      switch segment.prefix {
      case .none: AttentionSegment(rows: segment.rows)
      case .rows(let rows):
        AttentionSegment(rows: segment.rows, prefix: (keys.rows(rows), values.rows(rows)))
      case .past(let past): AttentionSegment(rows: segment.rows, prefix: past.layers[layer])
      }
    }
  }
}
