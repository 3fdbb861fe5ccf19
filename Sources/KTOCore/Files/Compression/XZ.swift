internal import CLibLZMA

/// xz, by liblzma.
@safe final class XZ: Decompressor {
  static let name = "xz"
  static let magicByteCount = 6
  /// The format's stream padding.
  static let paddingUnit: Int? = 4
  /// 256 MiB: four times what `xz -9` makes its reader take.
  private static let memoryLimit: UInt64 = 1 << 28

  static func begins(_ head: ArraySlice<UInt8>) -> Bool {
    head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])
  }

  private let stream: UnsafeMutablePointer<lzma_stream>

  init() throws(DecompressionFault) {
    unsafe stream = .allocate(capacity: 1)
    // All zeros, which is LZMA_STREAM_INIT.
    unsafe stream.initialize(to: lzma_stream())
    try startMember()
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  func startMember() throws(DecompressionFault) {
    let code = unsafe lzma_stream_decoder(stream, Self.memoryLimit, 0)
    guard code == LZMA_OK else { throw .damaged(reason: "liblzma does not start (\(code.rawValue))") }
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> DecompressionStep {
    unsafe stream.pointee.next_in = input.baseAddress
    unsafe stream.pointee.avail_in = input.count
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = output.count
    let result: DecompressionStep.Result =
      switch unsafe lzma_code(stream, LZMA_RUN) {
      case LZMA_OK, LZMA_BUF_ERROR: .goesOn
      case LZMA_STREAM_END: .memberEnds
      case LZMA_MEMLIMIT_ERROR: .fails(.takesTooMuchMemory(limitByteCount: Int(Self.memoryLimit)))
      case LZMA_DATA_ERROR: .fails(.damaged(reason: "a checksum or a block is wrong"))
      case LZMA_FORMAT_ERROR: .fails(.damaged(reason: "the header is wrong"))
      case LZMA_OPTIONS_ERROR: .fails(.damaged(reason: "it uses options that liblzma does not know"))
      case let code: .fails(.damaged(reason: "liblzma error \(code.rawValue)"))
      }
    return unsafe DecompressionStep(
      readCount: input.count - stream.pointee.avail_in,
      writtenCount: output.count - stream.pointee.avail_out, result: result)
  }
}
