package import KTOCore

/// Everything that decides what `prepare` writes.
package struct PrepareConfiguration: Sendable {
  package var split: SplitOptions
  package var order: DataOrder
  /// Tokens of prompt and completion together.
  package var maxLength: Int
  package var shardSizeLimit: Int
  /// Codes of checks that do not stop the run. A row they found stays where it can be used at all.
  package var allowedCodes: Set<String>
  /// A folder for the bad rows and their reasons; rows put there do not stop the run.
  package var quarantine: String?
  /// Whether output that exists may be replaced.
  package var force: Bool
  /// What the manifest says made it, such as `kto-data 0.1.0`.
  package var tool: String
  package var modelName: String
  package var modelRevision: String
  package var modelCommit: String?
  /// The effective configuration, for the manifest.
  package var effective: JSONValue

  package init(
    split: SplitOptions = SplitOptions(), order: DataOrder = .shuffled, maxLength: Int,
    shardSizeLimit: Int = ShardWriter.defaultSizeLimit, allowedCodes: Set<String> = [],
    quarantine: String? = nil, force: Bool = false, tool: String, modelName: String,
    modelRevision: String = "main", modelCommit: String? = nil, effective: JSONValue = .null
  ) {
    self.split = split
    self.order = order
    self.maxLength = maxLength
    self.shardSizeLimit = shardSizeLimit
    self.allowedCodes = allowedCodes
    self.quarantine = quarantine
    self.force = force
    self.tool = tool
    self.modelName = modelName
    self.modelRevision = modelRevision
    self.modelCommit = modelCommit
    self.effective = effective
  }
}

/// What `prepare` tells while it runs.
package enum PrepareEvent: Sendable {
  case stage(PrepareStage)
  /// Rows taken so far in the stage; told every thousand rows and at a stage's end.
  case rows(PrepareStage, Int)
  /// Every finding, as it is made.
  case finding(Diagnostic)
}

/// The parts of a run, in their order.
package enum PrepareStage: String, Sendable, CaseIterable {
  /// Ingest, label, validate and tokenize, row by row.
  case read
  case split
  case write
}

/// Why a run ended without shards, other than by what was found in the data.
package enum PrepareError: Error, Equatable, Sendable {
  /// The output holds something and nothing said that it may be replaced.
  case outputExists(path: String)
  case noInputs
  case noChatTemplate
  case badMaxLength(Int)
  /// Rows that no count accounts for: a mistake of this tool.
  case lostRows(read: Int, accounted: Int)
}

extension PrepareError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outputExists(let path):
      "\(path) holds files already; use --force to replace what prepare wrote there"
    case .noInputs: "there are no input files"
    case .noChatTemplate: "the model has no chat template, so conversations cannot be written for it"
    case .badMaxLength(let length): "a max_length of \(length) leaves no room for a prompt and a completion"
    case .lostRows(let read, let accounted):
      "\(read) rows were read and \(accounted) accounted for: please report this"
    }
  }
}

/// Where `prepare` takes examples from: ingest and labelling, or a file of examples.
package protocol ExampleSource {
  mutating func read(_ body: (SourcedExample) throws -> Void) throws
}

/// What a source delivers; each but `finding` is one row to account for.
package enum SourcedExample: Sendable {
  /// A labelled example.
  case example(Example)
  /// A record, or one side of a pair, that cannot be used.
  case rejected(Diagnostic, record: [UInt8])
  /// An example the label rule leaves out on purpose.
  case dropped(reason: String)
  case finding(Diagnostic)
}

/// Checks of examples, one by one and as a set.
package protocol ExampleChecker {
  mutating func check(_ example: Example) -> [Diagnostic]
  mutating func finish() -> [Diagnostic]
}
