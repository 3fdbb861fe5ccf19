/// A source whose next bytes can be looked at before they are read.
final class BufferedSource: ByteSource {
  private let source: any ByteSource
  /// The bytes that were read from the source and not yet from here.
  private(set) var ahead: ArraySlice<UInt8> = []
  private var failure: (any Error)?
  private var isAtEnd = false
  private static let pieceByteCount = 1 << 18

  init(_ source: any ByteSource) { self.source = source }

  /// Reads on until `count` bytes lie ahead or the source ends, and gives what lies ahead.
  ///
  /// An error of the source is kept until all before it is read.
  func peek(_ count: Int) -> ArraySlice<UInt8> {
    while ahead.count < count, !isAtEnd, failure == nil {
      do {
        let piece = try source.read(upTo: Self.pieceByteCount)
        isAtEnd = piece.isEmpty
        ahead = ahead.isEmpty ? piece[...] : ahead + piece
      } catch { failure = error }
    }
    return ahead
  }

  /// Reads on where nothing lies ahead.
  /// - Throws: what the source throws.
  func fill() throws { if peek(1).isEmpty, let failure { throw failure } }

  /// Leaves out the first bytes of those ahead.
  func skip(_ count: Int) { ahead = ahead.dropFirst(count) }

  func read(upTo limit: Int) throws -> [UInt8] {
    if ahead.isEmpty {
      if let failure { throw failure }
      // Past the end a terminal would wait for more.
      return isAtEnd ? [] : try source.read(upTo: limit)
    }
    let piece = ahead.prefix(limit)
    skip(piece.count)
    return Array(piece)
  }
}
