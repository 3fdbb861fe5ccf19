package import KTOCore

/// The runs of words of benchmark texts, by which examples that hold some of them are found.
///
/// Words are those of `TextReader`: letters and numbers in small letters, whatever stands between them. Runs are compared
/// by 64-bit hashes; about 20 bytes for each word of the benchmarks.
package struct BenchmarkIndex: Sendable {
  /// The run that contamination is usually told by. Source: Brown et al., Language Models are Few-Shot Learners, 2020,
  /// appendix C.
  package static let standardSize = 13

  /// Words of a run.
  package let size: Int
  /// Texts that were read, and those of them that are too short to be looked for.
  package private(set) var textCount = 0
  package private(set) var shortTextCount = 0
  private var files: [String] = []
  private var texts: [(file: Int32, line: Int32)] = []
  /// The first text that has each run.
  private var runs: [UInt64: UInt32] = [:]

  /// Reads benchmark files: of JSON lines or a JSON value each string is a text, of anything else each paragraph.
  /// - Throws: `FileError`, `InputError`, `BenchmarkError`.
  package init(_ paths: [String], size: Int = Self.standardSize) throws {
    self.size = size
    for path in paths {
      files.append(path)
      let before = textCount
      var reader = TextReader()
      try forEachBenchmarkText(in: path) { text, line in add(text, line, &reader) }
      guard textCount > before else { throw BenchmarkError.empty(file: path) }
    }
  }

  private mutating func add(_ text: String, _ line: Int, _ reader: inout TextReader) {
    reader.clear()
    reader.add(text)
    guard !reader.wordStarts.isEmpty else { return }
    textCount += 1
    guard reader.wordStarts.count >= size else {
      shortTextCount += 1
      return
    }
    let number = UInt32(truncatingIfNeeded: texts.count)
    texts.append((Int32(truncatingIfNeeded: files.count - 1), Int32(truncatingIfNeeded: line)))
    for first in 0...(reader.wordStarts.count - size) {
      let key = contentKey(reader.words.span.extracting(reader.wordBytes(first..<first + size)), after: 0)
      if runs[key] == nil { runs[key] = number }
    }
  }

  /// The first run of words of an example that a benchmark has, too; the prompt comes before the completion.
  package func overlap(in example: Example) -> BenchmarkOverlap? {
    var reader = TextReader()
    for (part, messages) in [("prompt", example.prompt), ("completion", example.completion)] {
      for message in messages {
        reader.clear()
        reader.add(message.content)
        let count = reader.wordStarts.count
        guard count >= size else { continue }
        for first in 0...(count - size) {
          let bytes = reader.wordBytes(first..<first + size)
          guard let number = runs[contentKey(reader.words.span.extracting(bytes), after: 0)] else { continue }
          let text = texts[Int(number)]
          return BenchmarkOverlap(
            part: part, words: String(decoding: reader.words[bytes], as: UTF8.self),
            file: files[Int(text.file)], line: Int(text.line))
        }
      }
    }
    return nil
  }

  /// What was looked for and found, for people.
  package func lines(removed: ClassCounts) -> [String] {
    [
      RowAccount.line(
        "benchmark texts", textCount,
        shortTextCount > 0 ? "\(shortTextCount) of fewer than \(size) words, not looked for" : nil),
      RowAccount.line("- share \(size) words with one", removed.total, removed.text),
    ]
  }
}

/// A run of words that an example shares with a benchmark's text.
package struct BenchmarkOverlap: Sendable, Equatable {
  /// `prompt` or `completion`.
  package var part: String
  package var words: String
  package var file: String
  package var line: Int

  /// A line of the file of matches.
  package func match(of row: Row) -> JSONValue {
    let source = row.example?.source
    return .members([
      "kind": .string("benchmark"),
      "row": .members([
        "id": .string(row.example?.id ?? ""), "file": .string(source?.file ?? ""),
        "line": .integer(source?.line ?? 0),
      ]),
      "benchmark": .members(["file": .string(file), "line": .integer(line)]), "part": .string(part),
      "words": .string(words),
    ])
  }
}

/// Why a benchmark's texts cannot be read.
package enum BenchmarkError: Error, Equatable, Sendable, CustomStringConvertible {
  case empty(file: String)
  case notJSON(file: String, line: Int)
  case tooLarge(file: String, limit: Int)

  package var description: String {
    switch self {
    case .empty(let file): "\(file) holds no words to look for"
    case .notJSON(let file, let line): "\(file):\(line) begins as JSON and is none"
    case .tooLarge(let file, let limit):
      "\(file) has more than \(byteText(limit)): name the benchmark's texts alone"
    }
  }
}
