internal import CTextKernels

/// Min-hash signatures of sets of 32-bit values: two sets have the same value at a place with a probability that is the
/// Jaccard index of the sets.
///
/// The permutations are multiplications modulo 2³² by odd numbers, which are good enough for values that are hashes
/// themselves. Source: Broder, On the resemblance and containment of documents, 1997.
package struct MinHash: Sendable {
  /// Values of a signature.
  package let count: Int
  /// Padded to whole blocks of the kernel.
  private let multipliers: [UInt32]
  private let increments: [UInt32]
  private let vectors = kto_best_vectors()

  /// - Parameter count: permutations, at least 1.
  package init(count: Int, seed: UInt64) {
    let block = Int(KTO_MIN_HASH_BLOCK)
    let padded = (count + block - 1) / block * block
    var generator = SeededGenerator(seed: seed, stream: 0x6D69_6E68)
    self.count = count
    multipliers = (0..<padded).map { _ in UInt32(truncatingIfNeeded: generator.next()) | 1 }
    increments = (0..<padded).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
  }

  /// The signature of some values, which may come more than once; all of its values are 2³² − 1 for none.
  /// - Complexity: O(values × count), 0.1 ns each with AVX2.
  package func signature(of values: Span<UInt32>) -> [UInt32] {
    var minima = [UInt32](repeating: .max, count: multipliers.count)
    unsafe values.withUnsafeBufferPointer { values in
      unsafe minima.withUnsafeMutableBufferPointer { minima in
        unsafe multipliers.withUnsafeBufferPointer { multipliers in
          unsafe increments.withUnsafeBufferPointer { increments in
            guard let base = values.baseAddress, let into = minima.baseAddress,
              let factors = multipliers.baseAddress, let summands = increments.baseAddress
            else { return }
            unsafe kto_min_hash(
              vectors, base, Int64(values.count), factors, summands, Int64(multipliers.count), into)
          }
        }
      }
    }
    minima.removeLast(minima.count - count)
    return minima
  }

  /// What `signature(of:)` computes, value by value.
  package func naiveSignature(of values: [UInt32]) -> [UInt32] {
    (0..<count).map { place in values.map { multipliers[place] &* $0 &+ increments[place] }.min() ?? .max }
  }
}

/// The share of places at which two signatures of one length agree: an estimate of the Jaccard index of their sets.
package func likeness(_ a: [UInt32], _ b: [UInt32]) -> Double {
  guard !a.isEmpty, a.count == b.count else { return 0 }
  return Double(zip(a, b).count { $0 == $1 }) / Double(a.count)
}
