internal import KTOCore
internal import KTOHub
internal import KTOTrain

/// `run.json`, which each folder that a run writes to has: which run the files beside it are of, and which model they
/// are for.
struct RunRecord {
  static let fileName = "run.json"

  var identity: RunIdentity
  var model: ModelFolder

  /// What a folder's record says of its run; nil where there is none, or none that can be read.
  static func identity(in folder: String) -> JSONObject? {
    var parser = JSONParser(maxDepth: 8)
    guard let bytes = try? readFile(folder + "/" + fileName, limit: 1 << 20) else { return nil }
    return (try? parser.parse(bytes))?["identity"]?.object
  }

  /// The commit of the model that a folder's run was for; nil where nothing says it.
  static func modelCommit(in folder: String) -> String? { identity(in: folder)?["model.commit"]?.string }

  /// - Throws: `FileError`.
  func write(to folder: String) throws {
    let model: [(String, JSONValue)] = [
      ("name", .string(model.name)), ("revision", model.commit == nil ? .null : .string(model.revision)),
      ("commit", model.commit.map(JSONValue.string) ?? .null),
      // Of such a model no hub has the commit.
      ("converted_here", .bool(model.isConverted)),
    ]
    let members: [(String, JSONValue)] = [
      ("format_version", .integer(1)),
      ("base_model", .object(JSONObject(model.map { .init($0.0, JSONNode($0.1)) }))),
      ("identity", identity.json),
    ]
    let record = JSONValue.object(JSONObject(members.map { .init($0.0, JSONNode($0.1)) }))
    try writeFile(folder + "/" + Self.fileName, record.indentedText.utf8 + [0x0A], force: true)
  }
}
