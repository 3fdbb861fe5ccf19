internal import KTOCore

/// Whole documents of an input, side by side as they were read.
struct DocumentBatch: Sendable {
  /// From 0, in the order of the input.
  var number: Int
  /// Each document, but maybe the input's last, ends with the separator.
  var bytes: [UInt8]
  /// Where `bytes` begins in the input.
  var byteOffset: Int
}

/// Cuts an input behind separators into batches of about 256 kB, which a core's own cache holds with their ids.
///
/// Memory: the batch, or the longest document if that is larger; not the input.
struct BatchReader {
  private let source: FileByteSource
  private let separator: UInt8?
  private let batchByteCount: Int
  private let maxDocumentByteCount: Int
  private var buffer: [UInt8] = []
  private var bufferOffset = 0
  private var batchCount = 0
  private var isAtEnd = false

  /// Reads a file or a stream.
  /// - Parameters:
  ///   - batchByteCount: what a batch has at least, where the input has so much.
  ///   - maxDocumentByteCount: a longer document is an error, so that no input can take all memory.
  init(
    _ source: FileByteSource, separator: DocumentSeparator, batchByteCount: Int = 1 << 18,
    maxDocumentByteCount: Int = 1 << 30
  ) {
    self.source = source
    self.separator = separator.byte
    self.batchByteCount = batchByteCount
    self.maxDocumentByteCount = maxDocumentByteCount
  }

  /// The next batch, nil at the end. An input without a separator is one batch, even when it is empty.
  /// - Throws: `FileError`, `BatchError.documentTooLarge`.
  mutating func next() throws -> DocumentBatch? {
    // No separator lies before this place.
    var searched = 0
    while true {
      if isAtEnd || buffer.count >= batchByteCount {
        if let separator, let last = lastIndex(of: separator, in: buffer.span, from: searched) {
          return take(last + 1)
        }
        searched = buffer.count
      }
      if isAtEnd {
        let isDone = buffer.isEmpty && (separator != nil || batchCount > 0)
        return isDone ? nil : take(buffer.count)
      }
      guard buffer.count <= maxDocumentByteCount else {
        throw BatchError.documentTooLarge(byteOffset: bufferOffset, limit: maxDocumentByteCount)
      }
      // For a document larger than a batch, what is read at once grows with it.
      let piece = try source.read(upTo: max(batchByteCount, buffer.count / 2))
      isAtEnd = piece.isEmpty
      if buffer.isEmpty { buffer = piece } else { buffer += piece }
    }
  }

  private mutating func take(_ count: Int) -> DocumentBatch {
    let batch: DocumentBatch
    if count == buffer.count {
      batch = DocumentBatch(number: batchCount, bytes: buffer, byteOffset: bufferOffset)
      buffer = []
    } else {
      batch = DocumentBatch(number: batchCount, bytes: Array(buffer[..<count]), byteOffset: bufferOffset)
      buffer.removeSubrange(..<count)
    }
    bufferOffset += count
    batchCount += 1
    return batch
  }
}
