internal import KTOCore

/// What `index.json` says about one shard.
package struct ShardInfo: Sendable, Equatable {
  package var basename: String
  package var byteCount: Int
  /// 64 lower-case hexadecimal digits; nil where the index has none.
  package var sha256: String?
  package var sampleCount: Int

  package init(basename: String, byteCount: Int, sha256: String?, sampleCount: Int) {
    self.basename = basename
    self.byteCount = byteCount
    self.sha256 = sha256
    self.sampleCount = sampleCount
  }
}

/// The `index.json` of a folder of MDS shards, version 2.
package struct ShardIndex: Sendable, Equatable {
  package var shards: [ShardInfo]
  package var hasWeights: Bool
  package var sizeLimit: Int

  package var rowCount: Int { shards.reduce(0) { $0 + $1.sampleCount } }

  /// The settings that stand in each shard and in the index, keys sorted.
  static func settings(hasWeights: Bool, sizeLimit: Int) -> [(String, JSONValue)] {
    let columns = ShardColumn.all(hasWeights: hasWeights)
    return [
      ("column_encodings", .items(columns.map { .string($0.encoding) })),
      ("column_names", .items(columns.map { .string($0.name) })),
      ("column_sizes", .items(columns.map { $0.byteCount.map { .integer($0) } ?? .null })),
      ("compression", .null),
      ("format", .string("mds")),
      ("hashes", .items([.string("sha256")])),
      ("size_limit", .integer(sizeLimit)),
      ("version", .integer(2)),
    ]
  }

  func jsonText() -> String {
    let entries = shards.map { shard -> JSONValue in
      let hashes = JSONValue.members(["sha256": .string(shard.sha256 ?? "")])
      let raw = JSONValue.members([
        "basename": .string(shard.basename), "bytes": .integer(shard.byteCount), "hashes": hashes,
      ])
      var members = Self.settings(hasWeights: hasWeights, sizeLimit: sizeLimit)
      members += [("raw_data", raw), ("samples", .integer(shard.sampleCount)), ("zip_data", .null)]
      return JSONValue.object(sorted: members)
    }
    return JSONValue.members(["shards": .items(entries), "version": .integer(2)]).spacedJSONText
  }
}

extension ShardIndex {
  /// Reads `index.json` of a folder, believing nothing in it: no name may leave the folder.
  /// - Throws: `ShardError`, `FileError`.
  package init(folder: String) throws {
    let path = folder + "/index.json"
    func bad(_ pointer: String, _ problem: String) -> ShardError {
      .badIndex(path: path, pointer: pointer, problem: problem)
    }
    let root = try readJSON(path, maxDepth: 16)
    guard root["version"]?.int == 2 else { throw bad("/version", "the version is not 2") }
    guard let entries = root["shards"]?.array else { throw bad("/shards", "there is no list of shards") }
    shards = []
    hasWeights = false
    sizeLimit = 0
    for (position, entry) in entries.enumerated() {
      let pointer = "/shards/\(position)"
      guard entry["format"]?.string == "mds", entry["version"]?.int == 2 else {
        throw bad(pointer, "the format is not MDS version 2")
      }
      if let compression = entry["compression"], !compression.isNull {
        throw ShardError.unsupportedCompression(path: path, name: excerpt(compression.string ?? "?"))
      }
      let names = entry["column_names"]?.array?.compactMap(\.string)
      guard let weights = names.map({ $0.contains("weight") }),
        Self.settings(hasWeights: weights, sizeLimit: 0).prefix(3).allSatisfy({ key, value in
          entry[key]?.value.jsonText == value.jsonText
        })
      else { throw bad(pointer, "the columns are not those of tokenized KTO examples") }
      guard position == 0 || weights == hasWeights else {
        throw bad(pointer, "some shards have weights and some have none")
      }
      hasWeights = weights
      sizeLimit = max(sizeLimit, entry["size_limit"]?.int ?? 0)
      guard let basename = entry["raw_data"]?["basename"]?.string, isPlainName(basename) else {
        throw bad(pointer + "/raw_data/basename", "not the name of a file in this folder")
      }
      guard let byteCount = entry["raw_data"]?["bytes"]?.int, (8...Int(UInt32.max)).contains(byteCount) else {
        throw bad(pointer + "/raw_data/bytes", "not a size a shard can have")
      }
      // Each sample takes an offset in the header, so a count that cannot be is refused before it is used.
      guard let samples = entry["samples"]?.int, (0...(byteCount / 4 - 2)).contains(samples) else {
        throw bad(pointer + "/samples", "not a number of samples a shard of this size can have")
      }
      let hash = entry["raw_data"]?["hashes"]?["sha256"]?.string
      shards.append(
        ShardInfo(basename: basename, byteCount: byteCount, sha256: hash, sampleCount: samples))
    }
  }
}

/// Whether a name from outside names a file of its own folder and nothing else.
func isPlainName(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
    && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
}
