internal import KTOCore
internal import KTOKernels
internal import KTOTokenizer

/// How a GGUF file becomes a Hugging Face model: its configuration, and where each tensor goes.
///
/// The metadata give config.json, the configuration gives the plan, and the plan names every tensor.
struct GGUFModel {
  /// A tensor of the output: where it comes from, and whether its rows are to be put back in order.
  struct Tensor {
    var name: String
    var source: GGUFFile.Tensor
    /// Heads whose rows llama.cpp's converter interleaved; nil where the rows are as they were.
    var permutedHeads: Int?
    /// What the converter added to each number.
    var offset: Float
  }

  let form: GGUFForm
  let plan: ModelPlan
  let tensors: [Tensor]
  /// config.json's members, special tokens aside.
  private let members: [(key: String, value: JSONValue)]

  /// - Parameter tokenCount: entries of the vocabulary; the embedding has at least as many rows.
  /// - Throws: `ImportError`, and `ModelError` for sizes that cannot be.
  init(metadata: GGUFMetadata, tensors: [GGUFFile.Tensor], tokenCount: Int) throws {
    let (architecture, form) = try GGUFForm.named(metadata)
    let sizes = try GGUFSizes(metadata, form)
    let named = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    guard let embedding = named["token_embd.weight"] else {
      throw ImportError.missingTensor("token_embd.weight")
    }
    guard embedding.shape.count == 2, embedding.shape[0] >= tokenCount else {
      throw ImportError.wrongShape(
        tensor: embedding.name, expected: [tokenCount, sizes.hiddenSize], found: embedding.shape)
    }
    let numbers = try form.numbers.compactMap { number -> (key: String, value: JSONValue)? in
      let key = "\(form.name).\(number.metadata)"
      return metadata.contains(key) ? (number.config, .double(try metadata.positive(key))) : nil
    }
    let members =
      sizes.configuration + form.members(sizes) + numbers + [
        ("architectures", .items([.string(form.modelClass)])),
        ("model_type", .string(architecture.name)),
        ("tie_word_embeddings", .bool(named["output.weight"] == nil)),
        ("vocab_size", .integer(embedding.shape[0])),
      ]
      + form.optionalBiases.map { group in
        (group.key, .bool(group.roles.contains { named[TensorNames().gguf($0, layer: 0) + ".bias"] != nil }))
      }
    let last = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let object = JSONObject(
      last.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, JSONNode($0.value)) })
    let plan = try ModelPlan(json: JSONNode(.object(object)))
    self.form = form
    self.plan = plan
    self.members = last.map { ($0.key, $0.value) }
    self.tensors = try Self.tensors(plan, form, named: named)
    if self.tensors.count != tensors.count {
      let used = Set(self.tensors.map { $0.source.name })
      if let extra = tensors.first(where: { !used.contains($0.name) }) {
        throw ImportError.unexpectedTensor(extra.name)
      }
    }
  }

  private static func tensors(
    _ plan: ModelPlan, _ form: GGUFForm, named: [String: GGUFFile.Tensor]
  ) throws(ImportError) -> [Tensor] {
    var tensors: [Tensor] = []
    for tensor in plan.tensors {
      let heads: Int? =
        switch tensor.role {
        case .query where form.interleavesHeads: plan.headCount
        case .key where form.interleavesHeads: plan.keyHeadCount
        default: nil
        }
      guard let source = named[tensor.ggufName] else { throw .missingTensor(tensor.ggufName) }
      guard source.shape == tensor.shape else {
        throw .wrongShape(tensor: source.name, expected: tensor.shape, found: source.shape)
      }
      // Rows are moved one by one, so a row must not share a block with another.
      if heads != nil, source.shape.count == 1, source.format.elementsPerBlock != 1 {
        throw .unsupportedFeature(key: source.name)
      }
      tensors.append(Tensor(name: tensor.name, source: source, permutedHeads: heads, offset: tensor.offset))
    }
    return tensors
  }

  /// The row of llama.cpp's order that is row `row` of Hugging Face's, whose rotary halves lie apart in each head.
  static func sourceRow(of row: Int, headSize: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    let (half, index) = place.quotientAndRemainder(dividingBy: headSize / 2)
    return head * headSize + 2 * index + half
  }

  /// config.json's members, sorted by key as Hugging Face writes them.
  func configuration(_ tokens: SpecialTokens) -> [(key: String, value: JSONValue)] {
    var members = members
    for (role, id) in [("bos", tokens.bos), ("eos", tokens.eos), ("pad", tokens.pad)] {
      if let id { members.append((role + "_token_id", .integer(id))) }
    }
    return members.sorted { $0.key < $1.key }
  }
}
