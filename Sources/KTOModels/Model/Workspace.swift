internal import KTOKernels

/// Memory for intermediate results, kept from call to call and grown when a batch needs more.
///
/// Each name stands for one block. A block's contents last until the next request for the same name.
final class Workspace {
  enum Name: Hashable {
    case residual, normed, activated, headInput, headNormed
    case lowRank, lowRankGradient, mask, masked
    case gradient, normedGradient, activatedGradient, attentionGradient, queryKeyValueGradient
    case unnormedGradient, outputGradient
    /// A part that a layer would keep if this layer's were kept, by its number.
    case layerPart(Int)
  }

  private var blocks: [Name: FloatStorage] = [:]
  let kernels = KernelScratch()

  /// A window of that size, contents unspecified.
  func matrix(_ name: Name, rows: Int, columns: Int) -> Matrix {
    let needed = rows * columns
    if let block = blocks[name], block.count >= needed {
      return Matrix(block, rows: rows, columns: columns)
    }
    // The old block goes before the new one comes.
    blocks[name] = nil
    let block = FloatStorage(count: needed + needed / 8, isZeroed: false)
    blocks[name] = block
    return Matrix(block, rows: rows, columns: columns)
  }
}

/// Large blocks that passes borrow one after another, so that each pass need not ask the system anew.
final class StoragePool {
  private var free: [FloatStorage] = []

  /// A block of at least `count` floats, contents unspecified.
  func take(_ count: Int) -> FloatStorage {
    if let index = free.indices.filter({ free[$0].count >= count }).min(by: {
      free[$0].count < free[$1].count
    }) {
      return free.remove(at: index)
    }
    free.removeAll()
    return FloatStorage(count: count, isZeroed: false)
  }

  func give(_ storage: FloatStorage) { free.append(storage) }
}
