import Benchmark
import KTOData
import KTOHub
import KTOTokenizer

/// The text of the sample conversations through the embedded model's tokenizer.
func registerTokenizer() {
  registering("tokenizer") {
    let tokenizer = try ModelTokenizer(folder: Samples.tinyModel()).tokenizer
    let texts = try Samples.examples().flatMap { ($0.prompt + $0.completion).map(\.content) }
    let byteCount = texts.reduce(0) { $0 + $1.utf8.count }
    // Often enough to take milliseconds.
    let repeats = 20

    Rate.megabytes.register("tokenizer: encode the samples", work: Double(byteCount * repeats)) {
      for _ in 0..<repeats {
        for text in texts { blackHole(try tokenizer.encode(text, addSpecialTokens: false)) }
      }
    }
    // A new tokenizer has no words in its cache. Loading it does not count.
    let path = try Samples.tinyModel().path + "/tokenizer.json"
    Rate.megabytes.register(
      "tokenizer: encode the samples for the first time", work: Double(byteCount),
      prepare: { try Tokenizer(tokenizerJSON: path) },
      run: { tokenizer in
        for text in texts { blackHole(try tokenizer.encode(text, addSpecialTokens: false)) }
      })
  }
}
