/// How GGML stores numbers: plain, or in blocks that share scales. Raw values are those of the GGUF format.
///
/// Source: ggml's quantised block layouts (ggml-common.h); decoded values equal those of the `gguf` package.
package enum BlockFormat: UInt32, Sendable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q4_K = 12
  case q5_K = 13
  case q6_K = 14
  case bf16 = 30

  /// Numbers a block holds.
  package var elementsPerBlock: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
    case .q4_K, .q5_K, .q6_K: 256
    }
  }

  /// Bytes a block takes.
  package var bytesPerBlock: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    }
  }

  /// Decodes blocks to float32.
  ///
  /// - Parameters:
  ///   - bytes: [B × bytesPerBlock] bytes, of any alignment, little-endian.
  ///   - output: [B × elementsPerBlock]; does not overlap `bytes`.
  /// - Complexity: O(output.count).
  package func decode(_ bytes: RawSpan, into output: inout MutableSpan<Float>) {
    let blockCount = output.count / elementsPerBlock
    precondition(blockCount * elementsPerBlock == output.count)
    precondition(blockCount * bytesPerBlock == bytes.byteCount)
    switch self {
    case .f32: decodeFloat32(bytes, into: &output)
    case .f16: decodeFloat16(bytes, into: &output)
    case .bf16: decodeBFloat16(bytes, into: &output)
    case .q4_0: unsafe eachBlock(bytes, &output, decodeQ4_0)
    case .q4_1: unsafe eachBlock(bytes, &output, decodeQ4_1)
    case .q5_0: unsafe eachBlock(bytes, &output, decodeQ5_0)
    case .q5_1: unsafe eachBlock(bytes, &output, decodeQ5_1)
    case .q8_0: unsafe eachBlock(bytes, &output, decodeQ8_0)
    case .q4_K: unsafe eachBlock(bytes, &output, decodeQ4_K)
    case .q5_K: unsafe eachBlock(bytes, &output, decodeQ5_K)
    case .q6_K: unsafe eachBlock(bytes, &output, decodeQ6_K)
    }
  }

  @inline(__always)
  private func eachBlock(
    _ bytes: RawSpan, _ output: inout MutableSpan<Float>,
    _ decode: (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (byteCount, elementCount) = (bytesPerBlock, elementsPerBlock)
    unsafe bytes.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for block in 0..<target.count / elementCount {
          unsafe decode(from + block * byteCount, to + block * elementCount)
        }
      }
    }
  }
}
