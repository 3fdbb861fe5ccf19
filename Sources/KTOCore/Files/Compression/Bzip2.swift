internal import CLibBzip2

/// bzip2, by libbz2, which takes less than 4 MiB for any data.
@safe final class Bzip2: Decompressor {
  static let name = "bzip2"
  static let magicByteCount = 10
  static let paddingUnit: Int? = nil

  /// `BZh`, a digit, and the number of a block or of the end: the letters alone could begin a text.
  static func begins(_ head: ArraySlice<UInt8>) -> Bool {
    let head = head.prefix(magicByteCount)
    guard head.count >= 4, head.starts(with: "BZh".utf8) else { return false }
    guard ("1"..."9").contains(Character(Unicode.Scalar(head[head.startIndex + 3]))) else { return false }
    let number = head.dropFirst(4)
    return [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]].contains {
      $0.starts(with: number)
    }
  }

  /// In a place of its own: libbz2 compares the address with the one it was given first.
  private let stream: UnsafeMutablePointer<bz_stream>

  init() throws(DecompressionFault) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
    try start()
  }

  deinit {
    unsafe BZ2_bzDecompressEnd(stream)
    unsafe stream.deallocate()
  }

  func startMember() throws(DecompressionFault) {
    unsafe BZ2_bzDecompressEnd(stream)
    try start()
  }

  private func start() throws(DecompressionFault) {
    let code = unsafe BZ2_bzDecompressInit(stream, 0, 0)
    guard code == BZ_OK else { throw .damaged(reason: "libbz2 does not start (\(code))") }
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> DecompressionStep {
    unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
      .assumingMemoryBound(to: CChar.self)
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = UnsafeMutableRawPointer(output.baseAddress)?
      .assumingMemoryBound(to: CChar.self)
    unsafe stream.pointee.avail_out = UInt32(output.count)
    let result: DecompressionStep.Result =
      switch unsafe BZ2_bzDecompress(stream) {
      case BZ_OK: .goesOn
      case BZ_STREAM_END: .memberEnds
      case BZ_DATA_ERROR: .fails(.damaged(reason: "a checksum or a block is wrong"))
      case BZ_DATA_ERROR_MAGIC: .fails(.damaged(reason: "the header is wrong"))
      case let code: .fails(.damaged(reason: "libbz2 error \(code)"))
      }
    return unsafe DecompressionStep(
      readCount: input.count - Int(stream.pointee.avail_in),
      writtenCount: output.count - Int(stream.pointee.avail_out), result: result)
  }
}
