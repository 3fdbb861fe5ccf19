internal import KTOKernels

/// Where a model's tensors come from: a safetensors file, a test.
package protocol WeightSource {
  /// The sizes of a tensor, outermost first; nil if there is none of that name.
  func shape(of name: String) -> [Int]?
  /// Fills `buffer`, whose count is the product of the shape, with the tensor's values row by row.
  func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws
}

/// All frozen weights, float32, in one block of memory.
struct FrozenWeights {
  private let storage: FloatStorage

  /// Checks every tensor's shape against the layout, then allocates and reads.
  /// - Parameter byteLimit: what the weights may take; nil for no limit but memory.
  /// - Throws: `ModelError`, and what the source throws.
  init(_ layout: WeightLayout, from source: some WeightSource, byteLimit: Int?) throws {
    let byteCount = layout.count * MemoryLayout<Float>.stride
    if let byteLimit, byteCount > byteLimit {
      throw ModelError.tooLarge(byteCount: byteCount, limit: byteLimit)
    }
    for tensor in layout.tensors {
      guard let found = source.shape(of: tensor.name) else { throw ModelError.missingTensor(tensor.name) }
      guard found == tensor.shape else {
        throw ModelError.tensorShape(name: tensor.name, expected: tensor.shape, found: found)
      }
    }
    storage = FloatStorage(count: layout.count, isZeroed: false)
    var offset = 0
    for tensor in layout.tensors {
      try unsafe Matrix(storage, offset: offset, rows: 1, columns: tensor.count)
        .withUnsafeMutableFloats { floats in
          try unsafe source.read(tensor.name, into: floats)
          if tensor.offset != 0 {
            for index in floats.indices { unsafe floats[index] += tensor.offset }
          }
        }
      offset += tensor.count
    }
  }

  subscript(place: WeightPlace) -> Matrix {
    Matrix(storage, offset: place.offset, rows: place.rows, columns: place.columns)
  }
}
