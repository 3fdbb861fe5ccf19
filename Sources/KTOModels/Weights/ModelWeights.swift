internal import KTOCore

/// The weights of a model folder: `model.safetensors`, or the files named by `model.safetensors.index.json`.
package struct ModelWeights: Sendable {
  package let folder: String
  /// Every tensor's name, sorted by bytes.
  package let names: [String]
  private let files: [String: SafetensorsFile]

  /// Opens the files and checks their headers; no tensor is read.
  ///
  /// - Throws: `FileError`; `TensorFileError`, also where the index and the files do not agree.
  package init(folder: String) throws {
    let index = folder + "/model.safetensors.index.json"
    let single = folder + "/model.safetensors"
    if let bytes = try Self.indexBytes(index, fallback: single) {
      files = try Self.open(folder: folder, index: index, bytes: bytes)
    } else {
      let file = try SafetensorsFile(path: single)
      files = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, file) })
    }
    self.folder = folder
    names = files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package func contains(_ name: String) -> Bool { files[name] != nil }

  /// What the files say about a tensor.
  /// - Throws: `TensorFileError` with `.missingTensor`.
  package func info(_ name: String) throws -> TensorInfo { try file(name).info(name) }

  /// Lends a tensor's bytes as they lie in the file, little-endian and of any alignment.
  package func withBytes<R>(of name: String, _ body: (RawSpan) throws -> R) throws -> R {
    try file(name).withBytes(of: name, body)
  }

  /// Decodes a tensor of type F32, F16 or BF16 into exactly as many elements as it has.
  package func read(_ name: String, into output: inout MutableSpan<Float>) throws {
    try file(name).read(name, into: &output)
  }

  /// Decodes a tensor into memory of the caller, who owns it and lends it for this call.
  package func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    var span = unsafe MutableSpan(_unsafeElements: output)
    try read(name, into: &span)
  }

  /// Decodes a tensor.
  ///
  /// - Parameter shape: when given, a tensor of any other shape is refused.
  package func read(_ name: String, shape: [Int]? = nil) throws -> [Float] {
    let info = try info(name)
    if let shape, shape != info.shape {
      throw TensorFileError(
        try file(name).path, .wrongShape(tensor: name, expected: shape, found: info.shape))
    }
    var values = [Float](repeating: 0, count: info.elementCount)
    var span = values.mutableSpan
    try read(name, into: &span)
    return values
  }

  private func file(_ name: String) throws -> SafetensorsFile {
    guard let file = files[name] else { throw TensorFileError(folder, .missingTensor(name)) }
    return file
  }

  /// The index's bytes; nil where there is none and the single file stands in.
  private static func indexBytes(_ index: String, fallback: String) throws -> [UInt8]? {
    do {
      return try readFile(index, limit: SafetensorsFile.headerByteLimit)
    } catch FileError.cannotOpen {
      return nil
    }
  }

  private static func open(folder: String, index: String, bytes: [UInt8]) throws -> [String: SafetensorsFile]
  {
    let root: JSONNode
    do {
      var parser = JSONParser(maxDepth: 8)
      root = try parser.parse(bytes)
    } catch {
      throw TensorFileError(index, .invalidJSON(error))
    }
    guard let map = root["weight_map"]?.object else {
      throw TensorFileError(index, .invalidField("weight_map"))
    }
    var opened: [String: SafetensorsFile] = [:]
    var files: [String: SafetensorsFile] = [:]
    for member in map.members {
      guard let name = member.node.string, !name.isEmpty else {
        throw TensorFileError(index, .invalidField("weight_map.\(member.key)"))
      }
      guard !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0), name != "..", name != "." else {
        throw TensorFileError(index, .unsafePath(name))
      }
      let file = try opened[name] ?? SafetensorsFile(path: folder + "/" + name)
      opened[name] = file
      _ = try file.info(member.key)
      guard files.updateValue(file, forKey: member.key) == nil else {
        throw TensorFileError(index, .duplicateTensor(member.key))
      }
    }
    return files
  }
}
