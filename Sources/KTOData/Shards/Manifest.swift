package import KTOCore

/// What `manifest.json` says about a folder of prepared shards: enough to check every byte of it, to know
/// where it came from, and to refuse it for a model with another tokenizer.
///
/// It holds no time and no host, so the same input makes the same manifest.
package struct Manifest: Sendable, Equatable {
  /// Version of this file's own layout.
  package static let version = 2
  package static let fileName = "manifest.json"

  package var tool: String
  package var model: Model
  package var maxLength: Int
  package var seed: UInt64
  /// How groups were made: `prompt`, `group`, `none` or a field.
  package var groupBy: String
  /// The effective configuration, as the caller gave it.
  package var configuration: JSONValue
  /// The keys of it that rows depend on, by their dotted paths.
  package var shapedBy: JSONValue
  package var parents: [Parent]
  /// In the order train, validation, test, then by name; only those that have rows.
  package var splits: [Split]

  package struct Model: Sendable, Equatable {
    package var name: String
    package var revision: String
    package var commit: String?
    package var tokenizerHash: String
    package var templateHash: String?

    package init(
      name: String, revision: String, commit: String?, tokenizerHash: String, templateHash: String?
    ) {
      self.name = name
      self.revision = revision
      self.commit = commit
      self.tokenizerHash = tokenizerHash
      self.templateHash = templateHash
    }
  }

  /// An input file.
  package struct Parent: Sendable, Equatable {
    package var path: String
    package var sha256: String
    package var byteCount: Int

    package init(path: String, sha256: String, byteCount: Int) {
      self.path = path
      self.sha256 = sha256
      self.byteCount = byteCount
    }
  }

  package struct Split: Sendable, Equatable {
    package var name: String
    package var indexHash: String
    package var shards: [ShardInfo]
    package var counts: Counts

    package init(name: String, indexHash: String, shards: [ShardInfo], counts: Counts) {
      self.name = name
      self.indexHash = indexHash
      self.shards = shards
      self.counts = counts
    }
  }

  /// Rows and tokens of one split.
  package struct Counts: Sendable, Equatable {
    package var desirable = 0
    package var undesirable = 0
    package var promptTokens = 0
    package var completionTokens = 0
    /// Rows longer than `maxLength` together. The shards keep the first `maxLength` tokens of a completion; who
    /// trains cuts each sequence, also that of a completion behind another row's prompt.
    package var truncated = 0
    /// Rows of this split that were left out to reach the balance, and how many of them are desirable.
    package var dropped = 0
    package var droppedDesirable = 0

    package var rows: Int { desirable + undesirable }

    package init() {}

    /// Counts one row that is in the shards.
    package mutating func add(_ row: TokenizedExample) {
      add(label: row.label, tokens: (row.promptIDs.count, row.completionIDs.count))
    }

    mutating func add(label: Bool, tokens: (prompt: Int, completion: Int)) {
      if label { desirable += 1 } else { undesirable += 1 }
      promptTokens += tokens.prompt
      completionTokens += tokens.completion
    }
  }

  package init(
    tool: String, model: Model, maxLength: Int, seed: UInt64, groupBy: String, configuration: JSONValue,
    shapedBy: JSONValue = .members([:]), parents: [Parent], splits: [Split]
  ) {
    self.tool = tool
    self.model = model
    self.maxLength = maxLength
    self.seed = seed
    self.groupBy = groupBy
    self.configuration = configuration
    self.shapedBy = shapedBy
    self.parents = parents
    self.splits = splits
  }
}

extension Manifest {
  /// The manifest as JSON. `root` names the rows; `sha256` is over everything before it, so that no change of the file
  /// goes unnoticed.
  package func json() -> JSONValue {
    let body: [JSONObject.Member] = [
      member("version", .integer(Self.version)),
      member("tool", .string(tool)),
      member(
        "model",
        .members([
          "name": .string(model.name), "revision": .string(model.revision),
          "commit": model.commit.map { .string($0) } ?? .null,
          "tokenizer_sha256": .string(model.tokenizerHash),
          "chat_template_sha256": model.templateHash.map { .string($0) } ?? .null,
        ])),
      member("max_length", .integer(maxLength)),
      // As text: JSON's numbers do not hold 64 bits everywhere.
      member("seed", .string(String(seed))),
      member("group_by", .string(groupBy)),
      member("configuration", configuration),
      member("shaped_by", shapedBy),
      member("parents", .items(parents.map { $0.json() })),
      member("splits", .object(JSONObject(splits.map { member($0.name, $0.json()) }))),
      member("root", .string(root)),
    ]
    return .object(JSONObject(body + [member("sha256", .string(Self.hash(of: body)))]))
  }

  /// The hash over members of a manifest: of their JSON without spaces, in their order.
  static func hash(of members: [JSONObject.Member]) -> String {
    SHA256.hash(Array(JSONValue.object(JSONObject(members)).jsonText.utf8))
  }

  /// What names the prepared rows, whoever prepared them and wherever they lie: the hash over the tokenizer, the
  /// template, the length, the keys that rows depend on, and the indexes, which have the hashes of the shards.
  package var root: String {
    let splits = splits.map { member($0.name, .string($0.indexHash)) }
    return Self.hash(of: [
      member("tokenizer_sha256", .string(model.tokenizerHash)),
      member("chat_template_sha256", model.templateHash.map { .string($0) } ?? .null),
      member("max_length", .integer(maxLength)), member("group_by", .string(groupBy)),
      member("shaped_by", shapedBy), member("splits", .object(JSONObject(splits))),
    ])
  }

  /// Writes `manifest.json` whole or not at all. Call it last.
  package func write(to folder: String, force: Bool = false) throws {
    try writeFile(folder + "/" + Self.fileName, json().indentedText.utf8 + [0x0A], force: force)
  }
}

extension Manifest.Parent {
  fileprivate func json() -> JSONValue {
    .members(["path": .string(path), "bytes": .integer(byteCount), "sha256": .string(sha256)])
  }
}

extension Manifest.Split {
  fileprivate func json() -> JSONValue {
    .members([
      "read": .integer(counts.rows + counts.dropped), "rows": .integer(counts.rows),
      "desirable": .integer(counts.desirable),
      "undesirable": .integer(counts.undesirable),
      "tokens": .members([
        "prompt": .integer(counts.promptTokens), "completion": .integer(counts.completionTokens),
      ]),
      "truncated": .integer(counts.truncated), "dropped": .integer(counts.dropped),
      "dropped_desirable": .integer(counts.droppedDesirable),
      "dropped_undesirable": .integer(counts.dropped - counts.droppedDesirable),
      "index_sha256": .string(indexHash),
      "shards": .items(
        shards.map { shard in
          JSONValue.members([
            "basename": .string(shard.basename), "bytes": .integer(shard.byteCount),
            "sha256": .string(shard.sha256 ?? ""), "rows": .integer(shard.sampleCount),
          ])
        }),
    ])
  }
}

private func member(_ key: String, _ value: JSONValue) -> JSONObject.Member {
  JSONObject.Member(key, JSONNode(value))
}
