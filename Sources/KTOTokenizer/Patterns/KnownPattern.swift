/// A way to cut text into words that models share: the stages of a pre-tokenizer, up to the bytes.
///
/// All that knows such a pattern reads `KnownPattern.all`: the recognition of scanners, tiktoken's families and the
/// import of GGUF files.
package struct KnownPattern: Sendable, Equatable {
  /// One stage.
  enum Step: Sendable, Equatable {
    /// Makes pieces of the matches, and of what lies between them.
    case split(String)
    case digits(individual: Bool)
    /// Runs of punctuation apart from the rest.
    case punctuation
    /// GPT-2's pattern, as the stage ByteLevel has it built in.
    case gpt2
  }

  /// What its makers or the first of its models call it; unique.
  package let name: String
  let steps: [Step]
  /// The scanner that cuts into the same pieces; nil where only the stages do.
  let scanner: Scanner?

  init(_ name: String, _ steps: [Step], scanner: Scanner? = nil) {
    self.name = name
    self.steps = steps
    self.scanner = scanner
  }

  /// A pattern by itself.
  init(_ name: String, _ pattern: String, scanner: Scanner? = nil) {
    self.init(name, [.split(pattern)], scanner: scanner)
  }
}
