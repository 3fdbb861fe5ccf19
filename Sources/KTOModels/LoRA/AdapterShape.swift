/// A linear layer that an adapter can be put on, by its name in the model.
package enum LoRAModule: String, CaseIterable, Sendable, Comparable {
  case query = "q_proj"
  case key = "k_proj"
  case value = "v_proj"
  /// Queries, keys and values in one.
  case queryKeyValue = "qkv_proj"
  case output = "o_proj"
  case gate = "gate_proj"
  case up = "up_proj"
  /// Gate and up in one.
  case gateUp = "gate_up_proj"
  case down = "down_proj"

  /// The order of computation.
  package static func < (a: LoRAModule, b: LoRAModule) -> Bool { a.ordinal < b.ordinal }

  var ordinal: Int {
    switch self {
    case .query: 0
    case .key: 1
    case .value: 2
    case .queryKeyValue: 3
    case .output: 4
    case .gate: 5
    case .up: 6
    case .gateUp: 7
    case .down: 8
    }
  }

  /// Which of a layer's seven random streams its dropout draws from: a layer that is several in one, the stream of the
  /// first of them, which its model does not have.
  var dropoutStream: Int {
    switch self {
    case .query, .queryKeyValue: 0
    case .key: 1
    case .value: 2
    case .output: 3
    case .gate, .gateUp: 4
    case .up: 5
    case .down: 6
    }
  }

  /// What its weight is for.
  var role: TensorRole {
    switch self {
    case .query: .query
    case .key: .key
    case .value: .value
    case .queryKeyValue: .queryKeyValue
    case .output: .output
    case .gate: .gate
    case .up: .up
    case .gateUp: .gateUp
    case .down: .down
    }
  }
}

/// What kind of adapter: y = W x + scale · B A x on each target. Source: LoRA, arXiv:2106.09685.
package struct AdapterShape: Sendable, Equatable {
  package var rank: Int
  package var alpha: Double
  /// The share of the adapter's inputs set to zero in training, the rest scaled up; below 1.
  package var dropout: Double
  package var targets: [LoRAModule]
  /// The layers that it is on, counted from 0, ascending; nil for all.
  package var layers: [Int]?
  /// Whether the update is scaled by alpha/√rank, so that it does not shrink as the rank grows. Source: rsLoRA,
  /// arXiv:2312.03732.
  package var isRankStabilized: Bool

  package init(
    rank: Int = 8, alpha: Double = 16, dropout: Double = 0, targets: [LoRAModule] = [.query, .value],
    layers: [Int]? = nil, isRankStabilized: Bool = false
  ) {
    self.layers = layers.map { Set($0).sorted() }
    self.isRankStabilized = isRankStabilized
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.targets = Set(targets).sorted()
  }

  /// alpha / rank, or alpha / √rank.
  package var scale: Float { Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))) }

  /// Whether it is on a layer.
  func hasLayer(_ layer: Int) -> Bool { layers?.contains(layer) ?? true }
}
