internal import KTOKernels

/// Something that a layer keeps of its forward pass: so many floats of each row.
struct SavedPart: Sendable {
  /// Its number within the layer.
  let index: Int
  /// Floats of a row that the layer's earlier parts take.
  let before: Int
  let columns: Int
}

/// What a layer keeps, part after part; the first is its input.
struct ActivationLayout: Sendable {
  private var parts: [SavedPart] = []
  /// Floats of a row in all.
  private(set) var width = 0

  /// Floats of a row that the input takes, which is all that is kept of a checkpointed layer.
  var inputWidth: Int { parts.first?.columns ?? 0 }

  mutating func add(_ columns: Int) -> SavedPart {
    let part = SavedPart(index: parts.count, before: width, columns: columns)
    parts.append(part)
    width += columns
    return part
  }
}

/// Memory for the parts of one layer.
struct LayerMemory {
  private enum Place {
    case kept(FloatStorage, offset: Int)
    case scratch(Workspace)
  }

  private let place: Place
  let rows: Int
  /// Whether a backward pass will read the parts.
  let isForBackward: Bool

  /// Parts that last until their pass ends.
  init(_ storage: FloatStorage, offset: Int, rows: Int) {
    place = .kept(storage, offset: offset)
    self.rows = rows
    isForBackward = true
  }

  /// Parts that last until the next layer asks for its own.
  init(_ workspace: Workspace, rows: Int, isForBackward: Bool) {
    place = .scratch(workspace)
    self.rows = rows
    self.isForBackward = isForBackward
  }

  /// [T, columns]
  subscript(part: SavedPart) -> Matrix {
    switch place {
    case .kept(let storage, let offset):
      Matrix(storage, offset: offset + rows * part.before, rows: rows, columns: part.columns)
    case .scratch(let workspace):
      workspace.matrix(.layerPart(part.index), rows: rows, columns: part.columns)
    }
  }

  /// The part where a backward pass will read it, else nil.
  func forBackward(_ part: SavedPart) -> Matrix? { isForBackward ? self[part] : nil }
}

/// What a forward pass keeps until its backward pass: by layer, or only each layer's input when checkpointed.
struct SavedActivations {
  /// Where each layer lies in one block of floats.
  struct Plan {
    let rows: Int
    let isCheckpointed: Bool
    fileprivate let hiddenSize: Int
    /// Floats of a row before each layer; the last, before the residual stream after all of them.
    fileprivate private(set) var starts = [0]

    init(_ parts: ModelParts, rows: Int, isCheckpointed: Bool) {
      self.rows = rows
      self.isCheckpointed = isCheckpointed
      hiddenSize = parts.embedding.columns
      for (index, layer) in parts.layers.enumerated() {
        starts.append(starts[index] + (isCheckpointed ? layer.saved.inputWidth : layer.saved.width))
      }
    }

    /// The layers' parts and the residual stream after the last one.
    var count: Int { rows * (starts[starts.count - 1] + hiddenSize) }
  }

  private let plan: Plan
  let storage: FloatStorage

  init(_ plan: Plan, storage: FloatStorage) {
    precondition(storage.count >= plan.count)
    self.plan = plan
    self.storage = storage
  }

  /// The residual stream before a layer; at the layer count, after the last one. [T, hidden]
  func input(_ layer: Int) -> Matrix {
    Matrix(storage, offset: plan.rows * plan.starts[layer], rows: plan.rows, columns: plan.hiddenSize)
  }

  /// nil when checkpointed.
  func layer(_ layer: Int) -> LayerMemory? {
    plan.isCheckpointed ? nil : LayerMemory(storage, offset: plan.rows * plan.starts[layer], rows: plan.rows)
  }
}
