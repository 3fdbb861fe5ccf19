internal import Foundation
package import KTOCore
internal import KTOKernels
internal import KTOModels

/// Checkpoints as `.npz` archives that numpy loads without pickle.
///
/// Arrays: `adapter.NAME`, `optimizer.m.NAME`, `optimizer.v.NAME` (float32, PEFT's tensor names), `position` (int64:
/// step, tokens, desirable, undesirable), `rng_state` (uint64, xoshiro256**), `losses` (float64), `best` (float64:
/// loss, step), `reference_pairs` and `reference_logps` (int64 [n, 2] and float64: whose prompt, whose completion, and
/// the frozen model's log-probability), `reference_token_counts` and `reference_tokens` (int64 and float32: the same
/// token by token, only where the loss looks at tokens), `estimator` (float64: what the estimator of the reference point keeps),
/// `measurement_pending` (bool, only where what decides the best checkpoint was still to be measured), `unrecorded`
/// (uint8: UTF-8 JSON, only where the step's line could not be written to `training.jsonl`) and `metadata` (uint8: UTF-8
/// JSON, the format's version and the run's identity).
package enum CheckpointFile {
  package static let bestFileName = "best_checkpoint.npz"
  static let formatVersion = 2

  package static func path(folder: String, step: Int) -> String { "\(folder)/checkpoint_step_\(step).npz" }
  package static func bestPath(folder: String) -> String { folder + "/" + bestFileName }

  /// Whether a file of this name is a checkpoint.
  package static func isCheckpoint(fileName: String) -> Bool {
    fileName == bestFileName || step(ofFileName: fileName) != nil
  }

  /// Writes the state atomically.
  package static func write(_ state: TrainingState, to path: String) throws {
    var arrays = AdapterFolder.arrays(state.adapter, prefix: "adapter.")
    arrays += AdapterFolder.arrays(state.firstMoment, prefix: "optimizer.m.")
    arrays += AdapterFolder.arrays(state.secondMoment, prefix: "optimizer.v.")
    let position = [state.step, state.tokenCount, state.desirableCount, state.undesirableCount]
    let words = state.generator.state
    let reference = state.reference.entries
    let metadata: [JSONObject.Member] = [
      .init("format_version", JSONNode(.integer(formatVersion))),
      .init("identity", JSONNode(state.identity.json)),
    ]
    arrays += [
      ("position", NPYArray(.int64(position.map(Int64.init)))),
      ("rng_state", NPYArray(.uint64([words.0, words.1, words.2, words.3]))),
      ("losses", NPYArray(.float64(state.losses))),
      (
        "reference_pairs",
        NPYArray(
          .int64(reference.flatMap { [Int64($0.pair.prompt), Int64($0.pair.completion)] }),
          shape: [reference.count, 2])
      ),
      ("reference_logps", NPYArray(.float64(reference.map(\.logProbability)))),
      ("estimator", NPYArray(.float64(state.estimator))),
      ("best", NPYArray(.float64([state.bestLoss, Double(state.bestStep)]))),
      ("metadata", NPYArray(text: JSONValue.object(JSONObject(metadata)).jsonText)),
    ]
    if !state.reference.tokens.isEmpty {
      let tokens = reference.map { state.reference.tokens[$0.pair] ?? [] }
      arrays += [
        (tokenCountsName, NPYArray(.int64(tokens.map { Int64($0.count) }))),
        (tokensName, NPYArray(.float32(tokens.flatMap { $0 }))),
      ]
    }
    if state.isMeasurementPending { arrays.append((pendingName, NPYArray(.bool([true])))) }
    if let metrics = state.unrecorded {
      arrays.append((unrecordedName, NPYArray(text: metrics.json.jsonText)))
    }
    try writeNPZ(arrays, to: path, force: true)
  }

  private static let tokenCountsName = "reference_token_counts"
  private static let tokensName = "reference_tokens"
  private static let pendingName = "measurement_pending"
  private static let unrecordedName = "unrecorded"

  /// Reads a checkpoint into `state`, whose sets give the expected tensors and whose identity must be the same.
  /// - Parameter allowed: keys that may differ.
  /// - Returns: the differences that were allowed.
  /// - Throws: `CheckpointError`, `TensorFileError`, `FileError`; `state` is then unspecified.
  @discardableResult
  package static func read(
    _ path: String, into state: inout TrainingState, allowing allowed: Set<String> = []
  ) throws -> [RunIdentity.Difference] {
    let file = try NPZReader(path: path)
    let changes = try state.identity.changes(from: identity(file, path), of: path, allowing: allowed)
    try readSet(state.adapter, prefix: "adapter.", file, path)
    try readSet(state.firstMoment, prefix: "optimizer.m.", file, path)
    try readSet(state.secondMoment, prefix: "optimizer.v.", file, path)
    guard let position = try file.read("position").int64, position.count == 4,
      position.allSatisfy({ $0 >= 0 })
    else { throw CheckpointError.invalid(path: path, array: "position") }
    guard let words = try file.read("rng_state").uint64, words.count == 4, words.contains(where: { $0 != 0 })
    else { throw CheckpointError.invalid(path: path, array: "rng_state") }
    guard case .float64(let losses) = try file.read("losses").values, losses.count == position[0] else {
      throw CheckpointError.invalid(path: path, array: "losses")
    }
    guard case .float64(let best) = try file.read("best").values, best.count == 2,
      let bestStep = Int(exactly: best[1])
    else { throw CheckpointError.invalid(path: path, array: "best") }
    guard case .float64(let estimator) = try file.read("estimator").values else {
      throw CheckpointError.invalid(path: path, array: "estimator")
    }
    state.estimator = estimator
    state.reference = try readReference(file, path)
    state.step = Int(position[0])
    state.tokenCount = Int(position[1])
    state.desirableCount = Int(position[2])
    state.undesirableCount = Int(position[3])
    state.generator = SeededGenerator(state: (words[0], words[1], words[2], words[3]))
    state.losses = losses
    (state.bestLoss, state.bestStep) = (best[0], bestStep)
    state.isMeasurementPending = file.contains(pendingName)
    if file.contains(unrecordedName), let text = try file.read(unrecordedName).text {
      var parser = JSONParser(maxDepth: 8)
      state.unrecorded = (try? parser.parse(Array(text.utf8))).flatMap(StepMetrics.init(json:))
    }
    return changes
  }

  /// What a checkpoint's run was started with.
  /// - Throws: `CheckpointError`, `TensorFileError`, `FileError`.
  package static func identity(of path: String) throws -> JSONObject {
    try identity(NPZReader(path: path), path)
  }

  /// The checkpoint of the highest step in a folder.
  /// - Throws: `CheckpointError.noCheckpoint`.
  package static func latest(in folder: String) throws -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard let step = names.compactMap(step(ofFileName:)).max() else {
      throw CheckpointError.noCheckpoint(folder: folder)
    }
    return path(folder: folder, step: step)
  }

  /// The checkpoint of the highest step below a checkpoint's own, in its folder, of those whose arrays can all be read;
  /// nil where there is none.
  package static func newestReadable(before path: String) -> String? {
    let url = URL(filePath: path)
    let folder = url.deletingLastPathComponent().relativePath
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let limit = step(ofFileName: url.lastPathComponent) ?? .max
    return names.compactMap(step(ofFileName:)).filter { $0 < limit }.sorted(by: >).lazy
      .map { self.path(folder: folder, step: $0) }.first(where: isReadable)
  }

  private static func isReadable(_ path: String) -> Bool {
    do {
      let file = try NPZReader(path: path)
      _ = try identity(file, path)
      for name in file.names { _ = try file.read(name) }
      return true
    } catch { return false }
  }

  private static func step(ofFileName name: String) -> Int? {
    guard name.hasPrefix("checkpoint_step_"), name.hasSuffix(".npz") else { return nil }
    return Int(name.dropFirst("checkpoint_step_".count).dropLast(".npz".count))
  }

  private static func readSet(
    _ set: ParameterSet, prefix: String, _ file: borrowing NPZReader, _ path: String
  ) throws {
    for tensor in set.layout.tensors {
      let array = try file.read(prefix + tensor.name)
      guard let values = array.float32, array.shape == [tensor.rows, tensor.columns] else {
        throw CheckpointError.invalid(path: path, array: prefix + tensor.name)
      }
      set[tensor.name]?.copy(from: values)
    }
  }

  private static func readReference(_ file: borrowing NPZReader, _ path: String) throws -> ReferenceCache {
    let pairs = try file.read("reference_pairs")
    guard let indices = pairs.int64, pairs.shape.count == 2, pairs.shape[1] == 2 else {
      throw CheckpointError.invalid(path: path, array: "reference_pairs")
    }
    guard case .float64(let values) = try file.read("reference_logps").values,
      values.count == pairs.shape[0]
    else { throw CheckpointError.invalid(path: path, array: "reference_logps") }
    var cache = ReferenceCache()
    for (row, value) in values.enumerated() {
      cache[RowPair(prompt: Int(indices[2 * row]), completion: Int(indices[2 * row + 1]))] = value
    }
    guard file.contains(tokenCountsName) else { return cache }
    guard let counts = try file.read(tokenCountsName).int64, counts.count == values.count,
      let tokens = try file.read(tokensName).float32,
      counts.allSatisfy({ $0 >= 0 && $0 <= tokens.count }), counts.reduce(0, +) == tokens.count
    else { throw CheckpointError.invalid(path: path, array: tokensName) }
    var rest = tokens[...]
    for (row, count) in counts.enumerated() where count > 0 {
      cache.tokens[RowPair(prompt: Int(indices[2 * row]), completion: Int(indices[2 * row + 1]))] =
        Array(rest.prefix(Int(count)))
      rest = rest.dropFirst(Int(count))
    }
    return cache
  }

  private static func identity(_ file: borrowing NPZReader, _ path: String) throws -> JSONObject {
    var parser = JSONParser(maxDepth: 8)
    guard let text = try file.read("metadata").text, let root = try? parser.parse(Array(text.utf8)),
      let version = root["format_version"]?.int
    else { throw CheckpointError.invalid(path: path, array: "metadata") }
    guard version == formatVersion else {
      throw CheckpointError.unsupportedVersion(path: path, found: version)
    }
    guard let members = root["identity"]?.object else {
      throw CheckpointError.invalid(path: path, array: "metadata")
    }
    return members
  }
}

extension RunIdentity {
  /// Compares with the identity that a run left.
  /// - Parameters:
  ///   - path: of the file that has it.
  ///   - allowed: keys that may differ.
  /// - Returns: the differences that were allowed.
  /// - Throws: `CheckpointError.differs` with all others.
  package func changes(
    from earlier: JSONObject, of path: String, allowing allowed: Set<String>
  ) throws(CheckpointError) -> [Difference] {
    let differences = differences(from: earlier)
    let refused = differences.filter { $0.isFixed || !allowed.contains($0.key) }
    if !refused.isEmpty { throw .differs(path: path, refused) }
    return differences
  }
}
