internal import Synchronization

/// An encoder with the scanner that cuts text for it. One thread uses it at a time.
final class PooledEncoder: @unchecked Sendable {
  // `@unchecked Sendable`: it is handed from one owner to the next by `EncoderPool`, whose lock orders their accesses.
  var encoder: BPEEncoder
  private var scanner: TextScanner?
  private var queue = WordQueue()

  init(_ model: BPEModel, _ scanner: Scanner?) {
    encoder = BPEEncoder(model)
    self.scanner = scanner.map { TextScanner($0) }
  }

  /// Cuts valid UTF-8 by the scanner, which there must be, and adds the pieces.
  /// - Parameter isAtStart: whether the input begins with the text.
  func scan(_ text: Span<UInt8>, isAtStart: Bool, into documents: inout EncodedDocuments) {
    let addsBlank = scanner?.addsBlank(before: text, isAtStart: isAtStart) ?? false
    unsafe text.withUnsafeBufferPointer { text in
      unsafe scanner?.encode(text, addsBlank: addsBlank, &queue, with: &encoder, into: &documents)
    }
  }

  /// Adds one pre-token.
  func add(word: Span<UInt8>, into documents: inout EncodedDocuments) {
    if word.isEmpty { return }
    unsafe word.withUnsafeBufferPointer { unsafe queue.append(word: $0) }
    if queue.isFull { finish(into: &documents) }
  }

  /// Adds the id of an added token.
  func add(id: UInt32, into documents: inout EncodedDocuments) {
    queue.append(mark: id)
    if queue.isFull { finish(into: &documents) }
  }

  /// Ends a document.
  func endDocument(in documents: inout EncodedDocuments) {
    queue.append(mark: WordQueue.Mark.documentEnd)
    if queue.isFull { finish(into: &documents) }
  }

  /// Encodes what waits.
  func finish(into documents: inout EncodedDocuments) { encoder.empty(&queue, into: &documents) }

  /// Drops what waits.
  func forget() { queue.removeAll() }
}

/// Encoders that no thread uses at the moment, so that their word caches live on between calls.
final class EncoderPool: Sendable {
  private let idle = Mutex<[PooledEncoder]>([])

  func take(_ model: BPEModel, _ scanner: Scanner?) -> PooledEncoder {
    idle.withLock { $0.popLast() } ?? PooledEncoder(model, scanner)
  }

  func put(_ encoder: PooledEncoder) { idle.withLock { $0.append(encoder) } }
}
