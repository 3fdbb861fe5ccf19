internal import Synchronization

/// An encoder with the scanner that cuts text for it. One thread uses it at a time.
final class PooledEncoder: @unchecked Sendable {
  // `@unchecked Sendable`: it is handed from one owner to the next by `EncoderPool`, whose lock orders their accesses.
  var encoder: BPEEncoder
  private var scanner: TextScanner?

  init(_ model: BPEModel, _ scanner: Scanner?) {
    encoder = BPEEncoder(model)
    self.scanner = scanner.map { TextScanner($0) }
  }

  /// Cuts valid UTF-8 by the scanner, which there must be, and appends the ids of the pieces.
  /// - Parameter isAtStart: whether the input begins with the text.
  func scan(_ text: Span<UInt8>, isAtStart: Bool, into ids: inout [UInt32]) {
    let addsBlank = scanner?.addsBlank(before: text, isAtStart: isAtStart) ?? false
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      unsafe scanner?.encode(
        base, count: text.count, readable: text.count, addsBlank: addsBlank, with: &encoder, into: &ids)
    }
  }
}

/// Encoders that no thread uses at the moment, so that their word caches live on between calls.
final class EncoderPool: Sendable {
  private let idle = Mutex<[PooledEncoder]>([])

  func take(_ model: BPEModel, _ scanner: Scanner?) -> PooledEncoder {
    idle.withLock { $0.popLast() } ?? PooledEncoder(model, scanner)
  }

  func put(_ encoder: PooledEncoder) { idle.withLock { $0.append(encoder) } }
}
