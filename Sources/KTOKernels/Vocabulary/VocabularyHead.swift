internal import Glibc

/// What is known of one row's distribution over the vocabulary.
package struct VocabularyRow: Sendable, Equatable {
  /// log softmax(logits)[target], nats.
  package var logProbability: Float = 0
  /// −Σ p log p, nats; 0 unless asked for.
  package var entropy: Float = 0
  /// The mean of the logits; 0 unless asked for.
  package var meanLogit: Float = 0
}

/// The running maximum and sums of one row over a part of the vocabulary.
private struct PartialRow {
  var maximum = -Float.infinity
  /// Σ exp(x − maximum)
  var sum: Float = 0
  /// Σ exp(x − maximum) (x − maximum)
  var weighted: Float = 0
  var logitSum: Double = 0
  var target: Float = 0

  /// Moves the sums to a maximum that is no smaller; returns what they were multiplied by.
  mutating func raise(to newMaximum: Float) -> Float {
    guard newMaximum > maximum else { return 1 }
    let factor = maximum == -.infinity ? 0 : exp(maximum - newMaximum)
    if factor != 0 { weighted = factor * (weighted + sum * (maximum - newMaximum)) }
    sum *= factor
    maximum = newMaximum
    return factor
  }
}

extension ComputeContext {
  /// Scores target tokens with the language-model head without ever holding a full row of logits.
  ///
  /// - Parameters:
  ///   - hidden: [M, D], after the final norm.
  ///   - weight: [V, D].
  ///   - targets: M token ids below V.
  ///   - withStatistics: also entropy and mean logit.
  ///   - softCap: logits z become cap · tanh(z / cap) before anything else; nil leaves them.
  ///   - gradient: if given, [M, D]: receives d logProbability / d hidden = weight[target] − Σ p weight, each weight
  ///     times the cap's slope where there is a cap.
  ///
  /// The vocabulary is cut into a fixed number of ranges, each taken tile by tile with a running maximum, so
  /// the result does not depend on the thread count. Memory: tile · 512 floats a thread, and with a gradient
  /// ranges · 512 · D. Source of the running maximum: online softmax, arXiv:1805.02867.
  package func vocabularyHead(
    hidden: Matrix, weight: Matrix, targets: [Int], withStatistics: Bool = false, softCap: Float? = nil,
    gradient: Matrix? = nil, scratch: KernelScratch
  ) -> [VocabularyRow] {
    precondition(targets.count == hidden.rows && weight.columns == hidden.columns, "head shapes")
    precondition(targets.allSatisfy { $0 >= 0 && $0 < weight.rows }, "head target")
    precondition(gradient.map { $0.rows == hidden.rows && $0.columns == hidden.columns } ?? true)
    var result: [VocabularyRow] = []
    result.reserveCapacity(hidden.rows)
    let limit = 512
    for start in stride(from: 0, to: hidden.rows, by: limit) {
      let range = start..<Swift.min(start + limit, hidden.rows)
      result += headChunk(
        hidden: hidden.rows(range), weight: weight, targets: Array(targets[range]),
        withStatistics: withStatistics, softCap: softCap, gradient: gradient?.rows(range), scratch: scratch)
    }
    return result
  }

  private func headChunk(
    hidden: Matrix, weight: Matrix, targets: [Int], withStatistics: Bool, softCap: Float?,
    gradient: Matrix?, scratch: KernelScratch
  ) -> [VocabularyRow] {
    let (m, vocabulary) = (hidden.rows, weight.rows)
    let tile = Swift.min(1024, vocabulary)
    let rangeCount = Swift.min(4, (vocabulary + tile - 1) / tile)
    let tiles = scratch.windows(slots: threadCount, rows: m, columns: tile)
    let sums = scratch.windows(
      first: threadCount, slots: rangeCount, rows: gradient == nil ? 0 : m, columns: hidden.columns)
    // The capped logits of a tile, which its gradient asks for once the tile holds their exponentials.
    let keepsCapped = softCap != nil && gradient != nil
    let cappedTiles = scratch.windows(
      first: threadCount + rangeCount, slots: threadCount, rows: keepsCapped ? m : 0, columns: tile)
    let states = StateGrid<PartialRow>(count: rangeCount * m, initial: PartialRow())

    forEach(rangeCount) { slot, rangeIndex in
      let end = vocabulary * (rangeIndex + 1) / rangeCount
      var first = vocabulary * rangeIndex / rangeCount
      if gradient != nil { sums[rangeIndex].fill(0) }
      while first < end {
        let tokens = first..<Swift.min(first + tile, end)
        let logits = Matrix(tiles[slot].storage, rows: m, columns: tokens.count)
        serialProduct(hidden, false, weight.rows(tokens), true, logits, 1, 0)
        let capped = keepsCapped ? Matrix(cappedTiles[slot].storage, rows: m, columns: tokens.count) : nil
        if let softCap {
          for row in 0..<m { unsafe softCapRow(logits.rowPointer(row), scale: 1, cap: softCap, tokens.count) }
          capped?.copy(from: logits)
        }
        for row in 0..<m {
          let p = unsafe logits.rowPointer(row)
          states.update(rangeIndex * m + row) { state in
            if tokens.contains(targets[row]) { unsafe state.target = p[targets[row] - first] }
            let factor = unsafe state.raise(to: maximum(p, tokens.count))
            if gradient != nil && factor != 1 {
              unsafe scaleRow(sums[rangeIndex].rowPointer(row), factor, hidden.columns)
            }
            if withStatistics {
              unsafe accumulateStatistics(p, tokens.count, &state)
            } else {
              unsafe state.sum += exponentiateRow(p, scale: 1, shift: state.maximum, tokens.count)
            }
          }
        }
        if gradient != nil {
          if let capped, let softCap {
            for row in 0..<m {
              unsafe softCapGradientRow(
                capped: capped.rowPointer(row), cap: softCap, logits.rowPointer(row), tokens.count)
            }
          }
          serialProduct(logits, false, weight.rows(tokens), false, sums[rangeIndex], 1, 1)
        }
        first = tokens.upperBound
      }
    }

    return (0..<m).map { row in
      var whole = PartialRow()
      var factors: [Float] = []
      for rangeIndex in 0..<rangeCount {
        var part = states.value(rangeIndex * m + row)
        let lowered = whole.raise(to: part.maximum)
        for index in factors.indices { factors[index] *= lowered }
        factors.append(part.raise(to: whole.maximum))
        whole.sum += part.sum
        whole.weighted += part.weighted
        whole.logitSum += part.logitSum
        whole.target += part.target
      }
      if let gradient {
        let out = unsafe gradient.rowPointer(row)
        unsafe out.update(from: weight.rowPointer(targets[row]), count: hidden.columns)
        if let softCap {
          let t = whole.target / softCap
          unsafe scaleRow(out, 1 - t * t, hidden.columns)
        }
        for rangeIndex in 0..<rangeCount {
          unsafe addScaled(
            sums[rangeIndex].rowPointer(row), -factors[rangeIndex] / whole.sum, out, hidden.columns)
        }
      }
      let logSum = log(whole.sum)
      return VocabularyRow(
        logProbability: whole.target - whole.maximum - logSum,
        entropy: withStatistics ? logSum - whole.weighted / whole.sum : 0,
        meanLogit: withStatistics ? Float(whole.logitSum / Double(vocabulary)) : 0)
    }
  }
}

/// x ← exp(x − state.maximum), adding to all the sums of the state.
private func accumulateStatistics(_ x: UnsafeMutablePointer<Float>, _ count: Int, _ state: inout PartialRow) {
  var (sum, weighted, logits) = (Lanes.zero, Lanes.zero, Lanes.zero)
  let shift = state.maximum
  var i = 0
  while i + 8 <= count {
    let value = unsafe load(x + i)
    let e = exponential(value - shift)
    unsafe store(e, x + i)
    sum += e
    // Where e has become 0, so has its product, however low the logit.
    weighted += e * (value - shift)
    logits += value
    i += 8
  }
  state.sum += sum.sum()
  state.weighted += weighted.sum()
  state.logitSum += Double(logits.sum())
  while i < count {
    let value = unsafe x[i]
    let e = exponential(value - shift)
    unsafe x[i] = e
    state.sum += e
    state.weighted += e * (value - shift)
    state.logitSum += Double(value)
    i += 1
  }
}

/// Values that threads write at indexes of their own.
@safe private final class StateGrid<Value> {
  private let base: UnsafeMutablePointer<Value>
  private let count: Int

  init(count: Int, initial: Value) {
    self.count = count
    unsafe base = .allocate(capacity: Swift.max(count, 1))
    unsafe base.initialize(repeating: initial, count: count)
  }
  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  func update(_ index: Int, _ body: (inout Value) -> Void) {
    precondition(index >= 0 && index < count)
    unsafe body(&base[index])
  }
  func value(_ index: Int) -> Value {
    precondition(index >= 0 && index < count)
    return unsafe base[index]
  }
}
