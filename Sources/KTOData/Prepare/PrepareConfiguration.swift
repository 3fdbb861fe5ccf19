package import KTOCore

/// Everything that decides what `prepare` writes, apart from the rows.
package struct PrepareConfiguration: Sendable {
  package var split: SplitOptions
  /// Parts that are kept as they are; nil divides the rows by `split`.
  package var parts: PartFiles?
  package var order: DataOrder
  /// Tokens of prompt and completion together.
  package var maxLength: Int
  package var shardSizeLimit: Int
  /// A folder for the bad rows and their reasons; rows put there do not stop the run.
  package var quarantine: String?
  /// Whether output that exists may be replaced.
  package var force: Bool
  /// What the manifest says made it, such as `kto-data 0.1.0`.
  package var tool: String
  package var modelName: String
  package var modelRevision: String
  package var modelCommit: String?
  /// The effective configuration, for the manifest, and the keys of it that rows depend on.
  package var effective: JSONValue
  package var shapedBy: JSONValue

  package init(
    split: SplitOptions = SplitOptions(), parts: PartFiles? = nil, order: DataOrder = .shuffled,
    maxLength: Int,
    shardSizeLimit: Int = MDSWriter.defaultSizeLimit, quarantine: String? = nil, force: Bool = false,
    tool: String, modelName: String, modelRevision: String = "main", modelCommit: String? = nil,
    effective: JSONValue = .null, shapedBy: JSONValue = .members([:])
  ) {
    self.split = split
    self.parts = parts
    self.order = order
    self.maxLength = maxLength
    self.shardSizeLimit = shardSizeLimit
    self.quarantine = quarantine
    self.force = force
    self.tool = tool
    self.modelName = modelName
    self.modelRevision = modelRevision
    self.modelCommit = modelCommit
    self.effective = effective
    self.shapedBy = shapedBy
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
  /// Read, convert, label, check and tokenize, row by row.
  case read
  case split
  case write
}

/// Why a run ended without shards, other than by what was found in the data.
package enum PrepareError: Error, Equatable, Sendable {
  /// The output holds something and nothing said that it may be replaced.
  case outputExists(path: String)
  case noChatTemplate
  case badMaxLength(Int)
  /// Rows came from a file that is in no part: a mistake of this tool.
  case unknownPart(file: String)
  /// Rows that no count accounts for: a mistake of this tool.
  case lostRows(accepted: Int, accounted: Int)
}

extension PrepareError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outputExists(let path): "\(path) holds files already"
    case .noChatTemplate: "the model has no chat template, so conversations cannot be written for it"
    case .badMaxLength(let length): "a max_length of \(length) leaves no room for a prompt and a completion"
    case .unknownPart(let file): "rows of \(file) belong to no part: please report this"
    case .lostRows(let accepted, let accounted):
      "\(accepted) rows were accepted and \(accounted) accounted for: please report this"
    }
  }
}
