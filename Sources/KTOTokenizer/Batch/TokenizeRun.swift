package import KTOCore

/// What a run over many documents has done.
package struct BatchTotals: Sendable, Equatable {
  /// Documents read, those with a problem too.
  package var documentCount = 0
  /// Bytes of text in them.
  package var textByteCount = 0
  package var tokenCount = 0
  /// Documents that could not be used.
  package var problemCount = 0

  package init() {}
}

/// Turns the documents of an input into ids, in parallel and in order.
///
/// The output has the same bytes whatever the number of jobs is. Where a document cannot be used the others are
/// still checked, but output ends before it and no file is left.
package struct TokenizeRun {
  private let settings: EncodingSettings
  private let jobs: Int

  /// - Parameter jobs: threads that encode.
  package init(_ settings: EncodingSettings, jobs: Int = 1) {
    self.settings = settings
    self.jobs = jobs
  }

  /// Encodes a file or a stream.
  /// - Parameters:
  ///   - name: what findings call the input.
  ///   - batchByteCount: what is encoded at a time, at least.
  ///   - finding: is given what is wrong with documents, in their order.
  ///   - progress: is called after each batch.
  /// - Throws: `FileError`, `BatchError`, what `progress` throws.
  package func run(
    _ source: sending FileByteSource, named name: String, batchByteCount: Int = 1 << 18,
    into output: consuming TokenOutput, finding: (Diagnostic) -> Void,
    progress: (BatchTotals) throws -> Void = { _ in }
  ) throws -> BatchTotals {
    var totals = BatchTotals()
    var lineCount = 0
    var reader = BatchReader(source, separator: settings.separator, batchByteCount: batchByteCount)
    let batches = OrderedMap<DocumentBatch, EncodedBatch>(
      jobs: jobs, read: { try reader.next() },
      worker: { [settings] in
        var encoder = BatchEncoder(settings)
        return { try encoder.encode($0) }
      })
    while let batch = try batches.next() {
      for problem in batch.problems {
        finding(
          problem.diagnostic(
            input: name, documentsBefore: totals.documentCount, linesBefore: lineCount))
      }
      if totals.problemCount == 0 { try output.write(batch) }
      totals.add(batch)
      lineCount += batch.lineCount
      try progress(totals)
    }
    if totals.problemCount == 0 { try output.commit() }
    return totals
  }

  /// Encodes texts, each of them a document.
  package func run(texts: [String], into output: consuming TokenOutput) throws -> BatchTotals {
    var encoder = BatchEncoder(settings)
    let batch = try encoder.encode(texts: texts)
    var totals = BatchTotals()
    totals.add(batch)
    try output.write(batch)
    try output.commit()
    return totals
  }
}

extension BatchTotals {
  fileprivate mutating func add(_ batch: EncodedBatch) {
    documentCount += batch.documentCount
    textByteCount += batch.textByteCount
    tokenCount += batch.tokenCounts.reduce(0, +)
    problemCount += batch.problems.count
  }
}
