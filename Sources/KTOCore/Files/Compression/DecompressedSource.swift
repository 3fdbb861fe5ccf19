/// What a source's bytes were before they were compressed: its members, one after the other.
///
/// Everything before damage is given first; the read after that throws. Memory: the library's state, which each
/// `Decompressor` bounds, and one piece.
final class DecompressedSource: ByteSource {
  private let source: BufferedSource
  private let codec: any Decompressor
  private let path: String
  private var place = Place.member
  private var failure: (any Error)?
  private var byteCount = 0

  private enum Place { case member, betweenMembers, end }

  /// - Parameters:
  ///   - source: at the first byte of a member.
  ///   - path: for messages.
  init(_ source: BufferedSource, by codec: any Decompressor.Type, path: String) throws {
    self.source = source
    self.path = path
    do throws(DecompressionFault) { self.codec = try codec.init() } catch {
      throw InputError(error, path: path, encoding: codec.name, decodedByteCount: 0)
    }
  }

  func read(upTo limit: Int) throws -> [UInt8] {
    // The libraries count in 32 bits.
    let limit = min(limit, 1 << 24)
    let start = byteCount
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do {
        while count < limit, failure == nil {
          let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
          let goesOn = try unsafe advance(into: rest, mayWait: count == 0)
          count = byteCount - start
          if !goesOn { break }
        }
      } catch {
        failure = error
        count = byteCount - start
      }
    }
    if piece.isEmpty, let failure { throw failure }
    return piece
  }

  /// Does one step, and tells whether there can be another. With `mayWait` false it does not ask the source for
  /// more, which may take long: what was decompressed goes first.
  private func advance(into output: UnsafeMutableBufferPointer<UInt8>, mayWait: Bool) throws -> Bool {
    switch place {
    case .end: return false
    case .betweenMembers:
      guard mayWait || !source.ahead.isEmpty else { return false }
      place = try findMember() ? .member : .end
    case .member:
      let step = unsafe source.ahead.withUnsafeBufferPointer { unsafe codec.step($0, output) }
      source.skip(step.readCount)
      byteCount += step.writtenCount
      switch step.result {
      case .memberEnds: place = .betweenMembers
      case .fails(let fault): throw failed(fault)
      case .goesOn:
        if step.readCount > 0 || step.writtenCount > 0 { return true }
        guard source.ahead.isEmpty else { throw failed(.damaged(reason: "it does not go on")) }
        guard mayWait else { return false }
        try source.fill()
        if source.ahead.isEmpty {
          throw InputError.truncated(path: path, encoding: name, decodedByteCount: byteCount)
        }
      }
    }
    return true
  }

  /// Goes to the next member, over padding; false at the end.
  private func findMember() throws -> Bool {
    let codec = type(of: codec)
    var paddingByteCount = 0
    try source.fill()
    while codec.paddingUnit != nil, source.ahead.first == 0 {
      let zeroCount = source.ahead.prefix { $0 == 0 }.count
      paddingByteCount += zeroCount
      source.skip(zeroCount)
      try source.fill()
    }
    let isPadded = paddingByteCount.isMultiple(of: codec.paddingUnit ?? 1)
    if isPadded, source.ahead.isEmpty { return false }
    guard isPadded, codec.begins(source.peek(codec.magicByteCount)) else {
      throw InputError.trailingBytes(path: path, encoding: name, decodedByteCount: byteCount)
    }
    do throws(DecompressionFault) { try self.codec.startMember() } catch { throw failed(error) }
    return true
  }

  private var name: String { type(of: codec).name }

  private func failed(_ fault: DecompressionFault) -> InputError {
    InputError(fault, path: path, encoding: name, decodedByteCount: byteCount)
  }
}
