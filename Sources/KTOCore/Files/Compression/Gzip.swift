internal import CZlib

/// gzip (RFC 1952), by zlib.
@safe final class Gzip: Decompressor {
  static let name = "gzip"
  static let magicByteCount = 2
  /// Tapes and some tools fill the last block with zeros, which gzip(1) ignores.
  static let paddingUnit: Int? = 1

  static func begins(_ head: ArraySlice<UInt8>) -> Bool { head.starts(with: [0x1F, 0x8B]) }

  /// In a place of its own: zlib compares the address with the one it was given first.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(DecompressionFault) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // The largest window, and 16 for gzip's header and trailer.
    let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .damaged(reason: "zlib does not start (\(code))") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func startMember() throws(DecompressionFault) { unsafe inflateReset(stream) }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> DecompressionStep {
    unsafe stream.pointee.next_in = input.baseAddress
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = UInt32(output.count)
    let code = unsafe inflate(stream, Z_NO_FLUSH)
    let result: DecompressionStep.Result =
      switch code {
      case Z_OK, Z_BUF_ERROR: .goesOn
      case Z_STREAM_END: .memberEnds
      default: .fails(.damaged(reason: reason(code)))
      }
    return unsafe DecompressionStep(
      readCount: input.count - Int(stream.pointee.avail_in),
      writtenCount: output.count - Int(stream.pointee.avail_out), result: result)
  }

  private func reason(_ code: Int32) -> String {
    unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(code)"
  }
}
