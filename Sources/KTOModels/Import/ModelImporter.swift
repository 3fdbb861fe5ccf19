internal import KTOCore
internal import KTOKernels
internal import KTOTokenizer

/// Turns a GGUF file into a model of the Hugging Face cache: bfloat16 safetensors, configuration, tokenizer, chat template.
///
/// Memory holds the vocabulary and about a million numbers at a time, whatever the model's size.
package struct ModelImporter {
  /// How far an import is.
  package struct Progress: Sendable, Equatable {
    package var tensor: String
    package var finishedTensorCount: Int
    package var tensorCount: Int
  }

  /// What an import made.
  package struct Result: Sendable, Equatable {
    package var name: String
    package var architecture: String
    package var commit: String
    /// The folder that holds the model's files.
    package var snapshotPath: String
    package var tensorCount: Int
    package var parameterCount: Int
    package var vocabularySize: Int
  }

  private let file: GGUFFile
  private let model: GGUFModel
  private let tokenizer: GGUFTokenizer

  /// Opens a file and checks that all of it can be imported; nothing is written.
  ///
  /// - Parameter preTokenizer: a name of `tokenizer.ggml.pre` to use instead of the file's own.
  /// - Throws: `FileError`, `TensorFileError`, `ImportError`.
  package init(gguf path: String, preTokenizer: String? = nil) throws {
    file = try GGUFFile(path: path)
    let metadata = GGUFMetadata(values: file.metadata)
    // Before the vocabulary, which takes longer to read.
    _ = try GGUFForm.named(metadata)
    do throws(GGUFTokenizerError) {
      tokenizer = try GGUFTokenizer(metadata, preTokenizerName: preTokenizer)
    } catch { throw ImportError.tokenizer(error) }
    model = try GGUFModel(metadata: metadata, tensors: file.tensors, tokenCount: tokenizer.tokens.count)
  }

  /// Writes the model into a cache.
  ///
  /// - Parameters:
  ///   - name: `ORGANISATION/NAME`, what the model is called from then on.
  ///   - cache: the root of the Hugging Face cache; made when missing.
  ///   - force: whether a model of that name may be replaced.
  ///   - progress: called after each tensor.
  /// - Throws: `FileError`, `ImportError.invalidModelName`, or what `progress` throws, which ends the import.
  package func run(
    name: String, cache: String, force: Bool = false, progress: (Progress) throws -> Void = { _ in }
  ) throws -> Result {
    var snapshot = try HubSnapshotWriter(cache: cache, name: name, force: force)
    let members: [(file: String, members: [(key: String, value: JSONValue)])] = [
      ("config.json", model.configuration(tokenizer.special)),
      ("generation_config.json", tokenizer.generation()),
      ("tokenizer_config.json", tokenizer.configuration(contextLength: model.plan.maximumPositions)),
    ]
    for (file, members) in members {
      try writeFile(snapshot.path(for: file), Array(memberLines(members).utf8), force: true)
    }
    let json = Array(tokenizer.tokenizerJSON().jsonText.utf8)
    try writeFile(snapshot.path(for: "tokenizer.json"), json, force: true)
    if let template = tokenizer.chatTemplate {
      try writeFile(snapshot.path(for: "chat_template.jinja"), Array(template.utf8), force: true)
    }
    try writeWeights(to: snapshot.path(for: "model.safetensors"), progress)
    let (commit, path) = try snapshot.finish()
    return Result(
      name: name, architecture: model.form.modelClass, commit: commit, snapshotPath: path,
      tensorCount: model.tensors.count,
      parameterCount: model.tensors.reduce(0) { $0 + $1.source.elementCount },
      vocabularySize: model.plan.vocabularySize)
  }

  private func writeWeights(to path: String, _ progress: (Progress) throws -> Void) throws {
    let tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0) })
    var writer = try SafetensorsWriter(
      path: path,
      entries: model.tensors.map { .init(name: $0.name, type: .bfloat16, shape: $0.source.shape) },
      force: true)
    for (index, entry) in writer.order.enumerated() {
      guard let tensor = tensors[entry.name] else { throw ImportError.missingTensor(entry.name) }
      try write(tensor, to: &writer)
      try progress(
        Progress(tensor: tensor.name, finishedTensorCount: index + 1, tensorCount: model.tensors.count))
    }
    try writer.commit()
  }

  /// Decodes, reorders and writes a tensor, some rows at a time.
  private func write(_ tensor: GGUFModel.Tensor, to writer: inout SafetensorsWriter) throws {
    let rowCount = tensor.source.shape[0]
    let columnCount = tensor.source.elementCount / rowCount
    // A vector is one row to decode, unless its elements have to be moved.
    let isVector = tensor.source.shape.count == 1 && tensor.permutedHeads == nil
    let (rows, columns) = isVector ? (1, rowCount) : (rowCount, columnCount)
    let rowsPerPart = max(1, (1 << 20) / columns)
    var first = 0
    while first < rows {
      let count = min(rowsPerPart, rows - first)
      var values = [Float](repeating: 0, count: count * columns)
      if let heads = tensor.permutedHeads {
        for row in 0..<count {
          let source = GGUFModel.sourceRow(of: first + row, headSize: rows / heads)
          unsafe values.withUnsafeMutableBufferPointer { buffer in
            let range = row * columns..<(row + 1) * columns
            var target = unsafe MutableSpan(
              _unsafeElements: UnsafeMutableBufferPointer(rebasing: buffer[range]))
            file.read(tensor.source, from: source * columns, into: &target)
          }
        }
      } else {
        var span = values.mutableSpan
        file.read(tensor.source, from: first * columns, into: &span)
      }
      if tensor.offset != 0 { for index in values.indices { values[index] -= tensor.offset } }
      try writer.write(values.span)
      first += count
    }
  }
}

/// An object with one member a line, for files that people read.
private func memberLines(_ members: [(key: String, value: JSONValue)]) -> String {
  let lines = members.map { "  \(JSONValue.string($0.key).jsonText): \($0.value.jsonText)" }
  return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
}
