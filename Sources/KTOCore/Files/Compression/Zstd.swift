internal import CLibZstd

/// Zstandard (RFC 8878), by libzstd, which also skips skippable frames.
@safe final class Zstd: Decompressor {
  static let name = "zstd"
  static let magicByteCount = 4
  static let paddingUnit: Int? = nil
  /// 128 MiB: what `zstd` itself accepts without being told to.
  private static let windowLogLimit: Int32 = 27

  static func begins(_ head: ArraySlice<UInt8>) -> Bool {
    head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      || head.first.map { $0 & 0xF0 == 0x50 } == true && head.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
  }

  private let context: OpaquePointer
  /// How many bytes the library asks for: what is left of one block. Were it given more, a damaged block would take
  /// with it the blocks before it that the same call decompresses.
  private var wantedCount = 0

  init() throws(DecompressionFault) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw .damaged(reason: "libzstd does not start")
    }
    unsafe self.context = unsafe context
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLogLimit)
    try startMember()
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  func startMember() throws(DecompressionFault) {
    unsafe wantedCount = ZSTD_initDStream(context)
  }

  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> DecompressionStep {
    var source = unsafe ZSTD_inBuffer(
      src: input.baseAddress, size: min(input.count, wantedCount), pos: 0)
    var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let code = unsafe ZSTD_decompressStream(context, &target, &source)
    let result: DecompressionStep.Result =
      if ZSTD_isError(code) != 0 {
        .fails(fault(code))
      } else {
        code == 0 ? .memberEnds : .goesOn
      }
    wantedCount = max(code, 1)
    return unsafe DecompressionStep(readCount: source.pos, writtenCount: target.pos, result: result)
  }

  private func fault(_ code: Int) -> DecompressionFault {
    if ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge {
      return .takesTooMuchMemory(limitByteCount: 1 << Self.windowLogLimit)
    }
    return .damaged(reason: unsafe String(cString: ZSTD_getErrorName(code)))
  }
}
