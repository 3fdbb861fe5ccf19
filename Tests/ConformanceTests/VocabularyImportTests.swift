import Foundation
import KTOCore
import KTOTokenizer
import Testing

@testable import KTOModels

/// Where GGUF vocabularies lie.
private let vocabularies = ProcessInfo.processInfo.environment["KTO_VOCABULARIES"]

/// Writes NAME.tokenizer.json beside each NAME.gguf of the folder that KTO_VOCABULARIES names, as a model import would;
/// `Tests/Oracles/check_gguf_tokenizers.py` compares them.
@Suite(.enabled(if: vocabularies != nil))
struct VocabularyImportTests {
  @Test func `tokenizer files are made of GGUF vocabularies`() throws {
    let folder = try #require(vocabularies)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".gguf") {
      let file = try GGUFFile(path: "\(folder)/\(name)")
      let tokenizer: GGUFTokenizer
      do throws(GGUFTokenizerError) {
        tokenizer = try GGUFTokenizer(GGUFMetadata(values: file.metadata))
      } catch {
        print("\(name): \(error)")
        continue
      }
      let json = Array(tokenizer.tokenizerJSON().jsonText.utf8)
      try writeFile("\(folder)/\(name.dropLast(5)).tokenizer.json", json, force: true)
    }
  }
}
