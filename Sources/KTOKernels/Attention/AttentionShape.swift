/// The sizes of grouped-query attention. Source: GQA, arXiv:2305.13245.
package struct AttentionShape: Sendable, Equatable {
  package let heads: Int
  /// Divides `heads`: query head h reads key head h / (heads / keyHeads).
  package let keyHeads: Int
  package let headDimension: Int
  /// A query sees itself and the `window` − 1 keys before it; nil: all keys before it.
  package let window: Int?
  /// What scores are multiplied by.
  package let scale: Float
  /// Scores s become cap · tanh(s / cap) before the softmax; nil leaves them. Source: Gemma 2, arXiv:2408.00118.
  package let softCap: Float?

  /// - Parameter scale: nil is 1/√d.
  package init(
    heads: Int, keyHeads: Int, headDimension: Int, window: Int? = nil, scale: Float? = nil,
    softCap: Float? = nil
  ) {
    precondition(heads > 0 && keyHeads > 0 && headDimension > 0 && heads % keyHeads == 0, "attention shape")
    precondition(window.map { $0 > 0 } ?? true, "attention window")
    precondition(softCap.map { $0 > 0 } ?? true, "attention cap")
    self.heads = heads
    self.keyHeads = keyHeads
    self.headDimension = headDimension
    self.window = window
    self.scale = scale ?? 1 / Float(headDimension).squareRoot()
    self.softCap = softCap
  }

  var groupSize: Int { heads / keyHeads }
}

/// A run of rows that attend to themselves causally, after a prefix that all of them see.
package struct AttentionSegment {
  /// Rows of the batch.
  package let rows: Range<Int>
  /// Keys and values that come before the rows, [P, keyHeads · headDimension] each, already rotated.
  package let prefix: (keys: Matrix, values: Matrix)?

  package init(rows: Range<Int>, prefix: (keys: Matrix, values: Matrix)? = nil) {
    self.rows = rows
    self.prefix = prefix
  }

  var prefixCount: Int { prefix?.keys.rows ?? 0 }
}

/// Memory that one thread at a time uses inside a kernel; it grows and is kept between calls.
package final class KernelScratch {
  private var slots: [Matrix] = []

  package init() {}

  /// One window of `rows` × `columns` for each slot from `first` on; contents unspecified.
  func windows(first: Int = 0, slots count: Int, rows: Int, columns: Int) -> [Matrix] {
    let needed = rows * columns
    while slots.count < first + count { slots.append(Matrix(rows: 1, columns: 0)) }
    for index in first..<first + count where slots[index].storage.count < needed {
      slots[index] = Matrix(rows: 1, columns: needed, isZeroed: false)
    }
    return slots[first..<first + count].map { Matrix($0.storage, rows: rows, columns: columns) }
  }
}
