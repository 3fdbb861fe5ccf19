internal import KTOCore

/// What happens to records on their way to rows.
package struct PipelineOptions: Sendable {
  /// The name of the format that every file has; nil to tell it from each file's first records.
  package var format: String?
  /// Which field of a record is what, where no format knows; `format` is not asked then.
  package var mapping: RecordMapping?
  package var label = LabelConfiguration()
  /// A file of label rules, which then alone decide; nil for what `label` says.
  package var labelRules: LabelRuleFile?
  /// What checks need to know; nil runs none.
  package var checks: CheckContext?
  /// Tokenizes each labelled example; nil where no model is known.
  package var tokenizer: RowTokenizer?
  /// Whether the formats' published schemas are applied beside the readers' own checks.
  package var isStrict = false
  /// A schema of the user's own that each raw record must keep to.
  package var recordSchema: RecordSchema?
  /// Codes whose errors do not reject a row that can be used all the same.
  package var allowedCodes: Set<String> = []
  /// Whether rows carry their example's JSON.
  package var encodesExamples = false
  /// What examples are compared by, where rows carry what that needs.
  package var dedup: DedupOptions?
  /// Benchmarks whose words rows may share, which they say then.
  package var benchmarks: BenchmarkIndex?
  /// Whether examples carry the fields of their record that nothing else holds.
  package var keepsMetadata = false
  /// Threads that convert, check and tokenize; the rows are the same whatever the number is.
  package var jobs = 1
  /// A folder for nameless files of what waits to be joined.
  package var scratchFolder = "/tmp"
  /// DuckDB's library, which reads Parquet files, where it has another name or place than the usual one.
  package var duckDB: String?
  /// Counts the bytes that are read; nil where nobody asks.
  package var readCounter: ReadCounter?

  package init(
    format: String? = nil, label: LabelConfiguration = LabelConfiguration(), checks: CheckContext? = nil,
    tokenizer: RowTokenizer? = nil, jobs: Int = 1
  ) {
    self.format = format
    self.label = label
    self.checks = checks
    self.tokenizer = tokenizer
    self.jobs = jobs
  }
}
