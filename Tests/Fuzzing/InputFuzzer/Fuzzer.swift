import Glibc
import KTOCore

/// libFuzzer's own loop, which its `main` would start: an executable of the package brings one.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main struct Fuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = unsafe CommandLine.unsafeArgv
    let status = unsafe runFuzzer(&count, &arguments) { data, count in
      read(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
      return 0
    }
    exit(status)
  }
}

/// However an input is cut into pieces, it must give the same bytes, and end in the same way.
private func read(_ bytes: [UInt8]) {
  let whole = Reading(bytes, by: bytes.count + 1)
  let pieces = Reading(bytes, by: 1 + bytes.count / 7)
  precondition(whole == pieces, "the pieces matter")
}

private struct Reading: Equatable {
  var hash = SHA256.hash([])
  var encodings: [String] = []
  var error: String?

  init(_ bytes: [UInt8], by pieceByteCount: Int) {
    do {
      let source = try InputSource(Pieces(bytes, by: pieceByteCount), named: "fuzz")
      encodings = source.encodings
      var text = SHA256()
      defer { hash = text.finish() }
      // What a few bytes decompress to has no bound; its first megabytes do.
      var count = 0
      while count < 1 << 22 {
        let piece = try source.read(upTo: min(1 << 16, 1 << 22 - count))
        if piece.isEmpty { break }
        text.update(piece)
        count += piece.count
      }
    } catch { self.error = "\(error)" }
  }
}

private final class Pieces: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let pieceByteCount: Int

  init(_ bytes: [UInt8], by pieceByteCount: Int) {
    rest = bytes[...]
    self.pieceByteCount = pieceByteCount
  }

  func read(upTo limit: Int) -> [UInt8] {
    let piece = rest.prefix(min(limit, pieceByteCount))
    rest = rest.dropFirst(piece.count)
    return Array(piece)
  }
}
