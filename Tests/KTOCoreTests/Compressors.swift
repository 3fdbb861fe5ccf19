import CLibBzip2
import CLibLZMA
import CLibZstd
import CZlib
import Testing

@testable import KTOCore

/// How a member of each encoding is made, by the library that undoes it.
struct Compressor: Sendable, CustomTestStringConvertible {
  let name: String
  let compress: @Sendable ([UInt8]) -> [UInt8]
  var testDescription: String { name }

  static let all = [
    Compressor(name: "gzip", compress: gzip), Compressor(name: "zstd", compress: zstd),
    Compressor(name: "bzip2", compress: bzip2), Compressor(name: "xz", compress: xz),
  ]
}

private func collect(_ capacity: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in count = unsafe body(buffer) }
}

func gzip(_ bytes: [UInt8]) -> [UInt8] {
  unsafe collect(bytes.count + bytes.count / 100 + 100) { output in
    unsafe bytes.withUnsafeBufferPointer { input in
      var stream = unsafe z_stream()
      unsafe deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      unsafe deflate(&stream, Z_FINISH)
      unsafe deflateEnd(&stream)
      return unsafe Int(stream.total_out)
    }
  }
}

func zstd(_ bytes: [UInt8]) -> [UInt8] {
  unsafe collect(ZSTD_compressBound(bytes.count)) { output in
    let context = unsafe ZSTD_createCCtx()
    defer { unsafe ZSTD_freeCCtx(context) }
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    return unsafe ZSTD_compress2(context, output.baseAddress, output.count, bytes, bytes.count)
  }
}

func bzip2(_ bytes: [UInt8]) -> [UInt8] {
  unsafe collect(bytes.count + bytes.count / 100 + 600) { output in
    var (input, count) = (bytes, UInt32(output.count))
    return unsafe input.withUnsafeMutableBytes { input in
      unsafe BZ2_bzBuffToBuffCompress(
        UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self), &count,
        input.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(input.count), 1, 0, 0)
      return Int(count)
    }
  }
}

func xz(_ bytes: [UInt8]) -> [UInt8] {
  unsafe collect(lzma_stream_buffer_bound(bytes.count)) { output in
    var count = 0
    unsafe lzma_easy_buffer_encode(
      1, LZMA_CHECK_CRC64, nil, bytes, bytes.count, output.baseAddress, &count, output.count)
    return count
  }
}

/// Bytes in memory, given in pieces of one size; then an error, if there is one.
final class PiecesSource: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let pieceByteCount: Int
  private let failure: FileError?

  init(_ bytes: [UInt8], by pieceByteCount: Int = .max, failure: FileError? = nil) {
    rest = bytes[...]
    self.pieceByteCount = pieceByteCount
    self.failure = failure
  }

  func read(upTo limit: Int) throws -> [UInt8] {
    if rest.isEmpty, let failure { throw failure }
    let piece = rest.prefix(min(limit, pieceByteCount))
    rest = rest.dropFirst(piece.count)
    return Array(piece)
  }
}

/// What an input gave, and how it ended.
struct Reading {
  var bytes: [UInt8] = []
  var encodings: [String] = []
  var sha256: String?
  var rawByteCount = 0
  var error: InputError?
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Reads all of `raw`, in pieces of `pieceByteCount` raw bytes and `limit` decoded ones.
  init(_ raw: [UInt8], by pieceByteCount: Int = .max, limit: Int = 1 << 16) throws {
    do {
      let source = try InputSource(PiecesSource(raw, by: pieceByteCount), named: "in")
      defer { (sha256, rawByteCount) = (source.sha256, source.rawByteCount) }
      encodings = source.encodings
      while true {
        let piece = try source.read(upTo: limit)
        if piece.isEmpty { break }
        bytes += piece
      }
    } catch let error as InputError {
      self.error = error
    }
  }
}
