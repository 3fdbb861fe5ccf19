package import KTOCore

/// Turns documents of ids back into their bytes.
///
/// Where a document cannot be used the others are still checked, but output ends before it and no file is left.
package struct DetokenizeRun {
  private let tokenizer: Tokenizer
  private let separator: UInt8?
  private let skipSpecialTokens: Bool
  private var totals = BatchTotals()

  /// - Parameter separator: a byte behind each document; nil for none.
  package init(tokenizer: Tokenizer, separator: UInt8? = nil, skipSpecialTokens: Bool = false) {
    self.tokenizer = tokenizer
    self.separator = separator
    self.skipSpecialTokens = skipSpecialTokens
  }

  /// Decodes one document.
  package mutating func run(
    ids: [UInt32], into output: consuming OutputFile, finding: (Diagnostic) -> Void
  ) throws -> BatchTotals {
    var bytes: [UInt8] = []
    if let problem = append(ids, to: &bytes) { report(problem, input: nil, line: 0, finding) }
    return try finish(bytes, &output)
  }

  /// Decodes lines, each of them an array of ids; lines of white space are none.
  /// - Parameters:
  ///   - name: what findings call the input.
  ///   - progress: is called after each batch.
  /// - Throws: `FileError`, `BatchError`, what `progress` throws.
  package mutating func run(
    lines source: FileByteSource, named name: String, into output: consuming OutputFile,
    finding: (Diagnostic) -> Void, progress: (BatchTotals) throws -> Void = { _ in }
  ) throws -> BatchTotals {
    var reader = BatchReader(source, separator: .newline)
    var lineNumber = 0
    while let batch = try reader.next() {
      var bytes: [UInt8] = []
      var start = 0
      while start < batch.bytes.count {
        let end = firstIndex(of: 0x0A, in: batch.bytes.span, from: start) ?? batch.bytes.count
        if var problem = appendLine(batch.bytes.span.extracting(start..<end), to: &bytes) {
          problem.line = 0
          problem.inputOffset = batch.byteOffset + start + (problem.offset ?? 0)
          report(problem, input: name, line: lineNumber, finding)
        }
        lineNumber += 1
        start = end + 1
      }
      if totals.problemCount == 0 { try output.write(bytes) }
      try progress(totals)
    }
    return try finish([], &output)
  }

  /// Decodes 32-bit little-endian ids.
  /// - Parameters:
  ///   - offsets: a file of 64-bit ones: 0, then for each document the index behind its last id; nil where the ids
  ///     are one document.
  ///   - progress: is called now and then.
  /// - Throws: `FileError`, `BatchError`, what `progress` throws.
  package mutating func run(
    ids source: FileByteSource, named name: String, offsets: (source: FileByteSource, name: String)?,
    into output: consuming OutputFile, finding: (Diagnostic) -> Void,
    progress: (BatchTotals) throws -> Void = { _ in }
  ) throws -> BatchTotals {
    var reader = try IDFileReader(source, named: name, offsets: offsets)
    var ids: [UInt32] = []
    var bytes: [UInt8] = []
    while try reader.next(&ids) {
      if let problem = append(ids, to: &bytes) { report(problem, input: name, line: 0, finding) }
      guard bytes.count >= 1 << 20 else { continue }
      if totals.problemCount == 0 { try output.write(bytes) }
      bytes.removeAll(keepingCapacity: true)
      try progress(totals)
    }
    return try finish(bytes, &output)
  }

  /// Appends the bytes of one document and its separator, or answers why it has none.
  private mutating func append(_ ids: [UInt32], to bytes: inout [UInt8]) -> DocumentProblem? {
    totals.documentCount += 1
    totals.tokenCount += ids.count
    if let unknown = ids.first(where: { !tokenizer.hasToken($0) }) {
      return DocumentProblem(reason: .unknownID(unknown), document: totals.documentCount - 1)
    }
    let decoded = tokenizer.decodeBytes(ids, skipSpecialTokens: skipSpecialTokens)
    totals.textByteCount += decoded.count
    bytes += decoded
    if let separator { bytes.append(separator) }
    return nil
  }

  private mutating func appendLine(_ line: Span<UInt8>, to bytes: inout [UInt8]) -> DocumentProblem? {
    var ids: [UInt32] = []
    do throws(IDLineParser.Flaw) {
      guard try IDLineParser.parse(line, into: &ids) else { return nil }
    } catch {
      totals.documentCount += 1
      return DocumentProblem(
        reason: .notIDs(expected: error.expected), document: totals.documentCount - 1, offset: error.offset)
    }
    return append(ids, to: &bytes)
  }

  private mutating func report(
    _ problem: DocumentProblem, input: String?, line: Int, _ finding: (Diagnostic) -> Void
  ) {
    totals.problemCount += 1
    finding(problem.diagnostic(input: input, documentsBefore: 0, linesBefore: line))
  }

  private func finish(_ bytes: [UInt8], _ output: inout OutputFile) throws -> BatchTotals {
    if totals.problemCount == 0 {
      try output.write(bytes)
      try output.commit()
    }
    return totals
  }
}
