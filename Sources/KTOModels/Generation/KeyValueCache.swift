internal import KTOKernels

/// The keys and values of the tokens generated from so far, for every layer.
final class KeyValueCache {
  let capacity: Int
  private(set) var count = 0
  /// By layer: keys in the first keyWidth columns, values in the rest.
  private let layers: [Matrix]
  private let width: Int

  init(_ plan: ModelPlan, capacity: Int) {
    self.capacity = capacity
    width = plan.keyWidth
    layers = (0..<plan.layerCount).map { _ in
      Matrix(rows: capacity, columns: 2 * plan.keyWidth, isZeroed: false)
    }
  }

  /// What is stored, as a prefix for the tokens that follow.
  var past: PastKeys {
    PastKeys(
      layers: layers.map {
        ($0.columns(0..<width).rows(0..<count), $0.columns(width..<2 * width).rows(0..<count))
      })
  }

  /// Keeps one layer's keys and values of the rows now computed, behind those of ``count`` tokens.
  func store(layer: Int, keys: Matrix, values: Matrix) {
    let rows = layers[layer].rows(count..<count + keys.rows)
    rows.columns(0..<width).copy(from: keys)
    rows.columns(width..<2 * width).copy(from: values)
  }

  /// Counts tokens whose keys and values every layer has stored.
  func advance(by tokens: Int) { count += tokens }
}
