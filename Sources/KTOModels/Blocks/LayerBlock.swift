internal import KTOKernels

/// A part of a layer that adds to the residual stream: x + f(x).
///
/// One file holds all that is true of a block: its weights and their places, what it keeps of its forward pass, the
/// forward pass and its backward pass.
protocol LayerBlock: Sendable {
  /// The linear layers that an adapter can be put on, in the order of computation.
  var modules: [LoRAModule] { get }

  /// output = x + f(x). Both [T, hidden]; output may be x.
  func forward(_ x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass)

  /// dx holds the gradient of the output, and afterwards that of the input; the gradients of the adapter's factors
  /// are added to `gradients`. Writes over `saved`.
  ///
  /// - Parameters:
  ///   - x: the block's input.
  ///   - isLowest: nothing below needs the input's gradient, which is then not computed; dx is left unspecified.
  func backward(
    _ x: Matrix, dx: Matrix, isLowest: Bool, saved: LayerMemory, pass: LayerPass, into gradients: ParameterSet
  )

  /// The keys and values that a forward pass left behind; nil for a block without any.
  func keysAndValues(_ saved: LayerMemory) -> (keys: Matrix, values: Matrix)?
}

extension LayerBlock {
  func keysAndValues(_ saved: LayerMemory) -> (keys: Matrix, values: Matrix)? { nil }
}

/// What the blocks of one layer compute with.
struct LayerPass {
  var layer = 0
  let context: ComputeContext
  let workspace: Workspace
  let weights: FrozenWeights
  let adapter: AppliedAdapter?
  let batch: TokenBatch
  /// Angles for every position of the batch.
  let rotary: RotaryTables
  /// Receives the rows' keys and values.
  let cache: KeyValueCache?

  /// Memory of that name for an intermediate result, as many rows as the batch.
  func scratch(_ name: Workspace.Name, columns: Int) -> Matrix {
    workspace.matrix(name, rows: batch.rowCount, columns: columns)
  }

  /// Whether the adapter has one of these modules.
  func adapts(_ modules: LoRAModule...) -> Bool {
    adapter?.adapter.hasModule(layer, in: modules) ?? false
  }
}

extension Matrix {
  /// Copies, unless both are the same floats already.
  func copyUnlessSame(as source: Matrix) {
    if storage !== source.storage || offset != source.offset { copy(from: source) }
  }
}
