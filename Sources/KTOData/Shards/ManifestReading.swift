internal import KTOCore

extension Manifest {
  /// Reads `manifest.json` of a folder; no number or name in it is believed before it is checked.
  ///
  /// That its hashes fit is `verify`'s to say: see `readWithHashes`.
  /// - Throws: `ShardError.badIndex`, `FileError`.
  package init(folder: String) throws {
    self = try Self.readWithHashes(folder: folder).manifest
  }

  /// The names of the splits of whatever manifest lies there, of any version; empty where there is none.
  static func splitNames(inFolder folder: String) -> [String] {
    var parser = JSONParser(maxDepth: 64)
    guard let bytes = try? readFile(folder + "/" + fileName, limit: 256 << 20),
      let splits = (try? parser.parse(bytes))?["splits"]?.object
    else { return [] }
    return splits.members.map(\.key).filter { SplitRatios.isName($0) }
  }

  /// Reads `manifest.json` of a folder, and refuses one that was changed after it was written.
  /// - Throws: `ShardError.badIndex`, `FileError`.
  package init(unchangedIn folder: String) throws {
    let path = folder + "/" + Self.fileName
    let (manifest, hashes) = try Self.readWithHashes(folder: folder)
    if let hash = hashes.first(where: { $0.stated != $0.actual }) {
      throw ShardError.badIndex(
        path: path, pointer: "/\(hash.name)",
        problem:
          "it is damaged, or was changed after prepare: it says \(excerpt(hash.stated, limit: 64)), its"
          + " content's hash is \(hash.actual)")
    }
    self = manifest
  }

  /// A hash that a manifest states, and the one that it should have.
  struct Hash {
    var name: String
    var stated: String
    var actual: String
  }

  /// The manifest and its two hashes, of the rows and of the file.
  static func readWithHashes(folder: String) throws -> (manifest: Manifest, hashes: [Hash]) {
    let path = folder + "/" + fileName
    let node = try readJSON(path, maxDepth: 64)
    let reader = ManifestReader(path: path)
    let manifest = try reader.manifest(node)
    let body = (node.object?.members ?? []).filter { $0.key != "sha256" }
    return (
      manifest,
      [
        Hash(name: "root", stated: try reader.text(node, "root", ""), actual: manifest.root),
        Hash(name: "sha256", stated: try reader.text(node, "sha256", ""), actual: hash(of: body)),
      ]
    )
  }
}

/// Reads the members of a manifest, naming file and pointer where one is not what it must be.
private struct ManifestReader {
  let path: String

  func manifest(_ node: JSONNode) throws(ShardError) -> Manifest {
    guard node["version"]?.int == Manifest.version else {
      throw problem("/version", "a manifest of another version than \(Manifest.version)")
    }
    guard let seed = UInt64(try text(node, "seed", "")) else { throw problem("/seed", "not a seed") }
    var parents: [Manifest.Parent] = []
    for (index, parent) in try items(node, "parents", "").enumerated() {
      let pointer = "/parents/\(index)"
      parents.append(
        Manifest.Parent(
          path: try text(parent, "path", pointer), sha256: try text(parent, "sha256", pointer),
          byteCount: try count(parent, "bytes", pointer)))
    }
    guard let splits = node["splits"]?.object else { throw problem("/splits", "not an object") }
    var read: [Manifest.Split] = []
    for member in splits.members {
      let pointer = "/splits" + jsonPointerToken(member.key)
      guard isPlainName(member.key) else { throw problem(pointer, "not a split's name") }
      read.append(try split(member.key, member.node, pointer))
    }
    let model = node["model"] ?? JSONNode(.null)
    return Manifest(
      tool: try text(node, "tool", ""),
      model: Manifest.Model(
        name: try text(model, "name", "/model"), revision: try text(model, "revision", "/model"),
        commit: model["commit"]?.string, tokenizerHash: try text(model, "tokenizer_sha256", "/model"),
        templateHash: model["chat_template_sha256"]?.string),
      maxLength: try count(node, "max_length", ""), seed: seed, groupBy: try text(node, "group_by", ""),
      configuration: node["configuration"]?.value ?? .null, shapedBy: node["shaped_by"]?.value ?? .null,
      parents: parents, splits: read)
  }

  private func split(_ name: String, _ node: JSONNode, _ pointer: String) throws(ShardError) -> Manifest.Split
  {
    var counts = Manifest.Counts()
    counts.desirable = try count(node, "desirable", pointer)
    counts.undesirable = try count(node, "undesirable", pointer)
    let tokens = node["tokens"] ?? JSONNode(.null)
    counts.promptTokens = try count(tokens, "prompt", pointer + "/tokens")
    counts.completionTokens = try count(tokens, "completion", pointer + "/tokens")
    counts.truncated = try count(node, "truncated", pointer)
    counts.dropped = try count(node, "dropped", pointer)
    if node["dropped_desirable"] != nil {
      counts.droppedDesirable = try count(node, "dropped_desirable", pointer)
      guard try count(node, "dropped_undesirable", pointer) + counts.droppedDesirable == counts.dropped,
        try count(node, "read", pointer) == counts.rows + counts.dropped
      else { throw problem(pointer + "/read", "not the sum of the rows that were kept and dropped") }
    }
    guard try count(node, "rows", pointer) == counts.rows else {
      throw problem(pointer + "/rows", "not the sum of desirable and undesirable")
    }
    var shards: [ShardInfo] = []
    for (index, shard) in try items(node, "shards", pointer).enumerated() {
      let place = pointer + "/shards/\(index)"
      let basename = try text(shard, "basename", place)
      guard isPlainName(basename) else {
        throw problem(place + "/basename", "not the name of a file in this folder")
      }
      shards.append(
        ShardInfo(
          basename: basename, byteCount: try count(shard, "bytes", place),
          sha256: try text(shard, "sha256", place), sampleCount: try count(shard, "rows", place)))
    }
    return Manifest.Split(
      name: name, indexHash: try text(node, "index_sha256", pointer), shards: shards, counts: counts)
  }

  func text(_ node: JSONNode, _ key: String, _ pointer: String) throws(ShardError) -> String {
    guard let text = node[key]?.string else { throw problem("\(pointer)/\(key)", "not a string") }
    return text
  }

  /// A number from 0 to 2⁴⁸, so that sums of a few of them cannot overflow.
  private func count(_ node: JSONNode, _ key: String, _ pointer: String) throws(ShardError) -> Int {
    guard let number = node[key]?.int, (0...(1 << 48)).contains(number) else {
      throw problem("\(pointer)/\(key)", "not a count")
    }
    return number
  }

  private func items(_ node: JSONNode, _ key: String, _ pointer: String) throws(ShardError) -> [JSONNode] {
    guard let items = node[key]?.array else { throw problem("\(pointer)/\(key)", "not an array") }
    return items
  }

  private func problem(_ pointer: String, _ problem: String) -> ShardError {
    .badIndex(path: path, pointer: pointer, problem: problem)
  }
}

/// The JSON of a manifest or an index.
/// - Throws: `ShardError.badIndex`, `FileError`.
func readJSON(_ path: String, maxDepth: Int) throws -> JSONNode {
  var parser = JSONParser(maxDepth: maxDepth)
  let bytes = try readFile(path, limit: 256 << 20)
  do { return try parser.parse(bytes) } catch {
    throw ShardError.badIndex(path: path, pointer: "", problem: "\(error)")
  }
}
