import Glibc
import KTOTokenizer

/// libFuzzer's own loop, which its `main` would start: an executable of the package brings one.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// FUZZ_TOKENIZERS names files, with colons between them; without it the input itself is a tokenizer's file of any format.
@main struct Fuzzer {
  static func main() {
    // Large files take longer to load than one input may.
    _ = texts
    var count = CommandLine.argc
    var arguments = unsafe CommandLine.unsafeArgv
    let status = unsafe runFuzzer(&count, &arguments) { data, count in
      let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
      if texts.isEmpty {
        encodeWithFile(bytes)
      } else {
        encodeText(bytes)
      }
      return 0
    }
    exit(status)
  }
}

/// The tokenizers that texts are encoded with, and the twin of each that goes through every stage.
private let texts: [Tokenizer] = {
  guard let paths = unsafe getenv("FUZZ_TOKENIZERS") else { return [] }
  return unsafe String(cString: paths).split(separator: ":").map { path in
    do { return try Tokenizer(file: String(path)) } catch { fatalError("\(path): \(error)") }
  }
}()

/// A file must load or be refused, and what loads must take any text.
private func encodeWithFile(_ file: [UInt8]) {
  guard let tokenizer = try? Tokenizer(bytes: file, path: "fuzz") else { return }
  for text in [
    "", " ", "Hello, world! 123", " the\u{301} <s> ▁\u{2581}\n\n\t\u{1F600}日本語",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  ] {
    guard let ids = try? tokenizer.encode(text, addSpecialTokens: true) else { continue }
    _ = tokenizer.decode(ids, skipSpecialTokens: false)
    _ = tokenizer.decode(ids, skipSpecialTokens: true)
    _ = try? tokenizer.encodeWithOffsets(bytes: Array(text.utf8), addSpecialTokens: true)
  }
}

/// A session for each of `texts`.
nonisolated(unsafe) private let sessions = unsafe texts.map { EncodingSession($0) }

/// The fast way and the way with offsets, which goes through every stage by itself, must give the same ids, and
/// documents one after the other those of each alone; what is not UTF-8 is refused.
private func encodeText(_ bytes: [UInt8]) {
  let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
  for (tokenizer, session) in zip(texts, sessions) {
    encodeDocuments(bytes, tokenizer, session)
    let ids = try? tokenizer.encode(bytes: bytes, addSpecialTokens: false)
    precondition(isUTF8 == (ids != nil), "UTF-8 is \(isUTF8)")
    guard let ids else { continue }
    if bytes.count <= 1 << 12 {
      let traced = try? tokenizer.encodeWithOffsets(bytes: bytes, addSpecialTokens: false)
      precondition(traced?.ids == ids, "the ways differ")
    }
    _ = tokenizer.decode(ids, skipSpecialTokens: false)
  }
}

/// Encodes documents with NULs between them.
private func encodeDocuments(_ bytes: [UInt8], _ tokenizer: Tokenizer, _ session: EncodingSession) {
  var expected: [UInt32] = []
  session.removeAll()
  for document in bytes.split(separator: 0, omittingEmptySubsequences: false) {
    let ids = try? tokenizer.encode(bytes: Array(document), addSpecialTokens: true)
    let isAdded = (try? session.add(document.span, addSpecialTokens: true)) != nil
    precondition(isAdded == (ids != nil), "only one way throws")
    expected += ids ?? []
  }
  session.finish()
  precondition(session.documents.ids == expected, "documents side by side differ")
}
