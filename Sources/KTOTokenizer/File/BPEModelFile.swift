internal import KTOCore

/// The BPE model of a file's `model` member, whose vocabulary and merges are read from the tape: as nodes they would
/// take most of the time of loading.
struct BPEModelFile {
  private let field: JSONField
  private(set) var vocabulary: Vocabulary
  private(set) var merges: MergeTable

  /// Reads the vocabulary and the merges.
  /// - Parameter field: the `model` member, in which `vocab` and `merges` may be left out.
  init(_ field: JSONField, _ tape: borrowing JSONTape) throws(TokenizerError) {
    self.field = field
    try Self.checkType(field)
    guard let model = tape.member("model", of: 0) else { throw field.malformed("an object") }
    vocabulary = try Self.vocabulary(tape, tape.member("vocab", of: model), field["vocab"])
    let prefix = try field.bytes("continuing_subword_prefix")
    merges = try Self.merges(
      tape, tape.member("merges", of: model), field["merges"], vocabulary, prefixCount: prefix.count)
  }

  /// The model, for input in that alphabet.
  func model(_ alphabet: BPEModel.Alphabet) throws(TokenizerError) -> BPEModel {
    if let dropout = field["dropout"].node, !dropout.isNull {
      guard dropout.double == 0 else {
        throw .unsupported(
          stage: .model, component: "BPE", detail: "dropout: ids that change from run to run")
      }
    }
    var options = BPEModel.Options()
    options.fusesUnknown = try field["fuse_unk"].flag(or: false)
    options.fallsBackToBytes = try field["byte_fallback"].flag(or: false)
    options.ignoresMerges = try field["ignore_merges"].flag(or: false)
    options.continuingPrefix = try field.bytes("continuing_subword_prefix")
    options.endSuffix = try field.bytes("end_of_word_suffix")
    var unknown: String?
    if !field["unk_token"].isNull {
      unknown = try field["unk_token"].text()
      options.unknownID = unknown.flatMap { vocabulary.find($0) }
    }
    let model = BPEModel(vocabulary: vocabulary, merges: merges, alphabet: alphabet, options: options)
    // The reference fails when it meets the first unknown symbol; with every byte known there is none.
    if let unknown, options.unknownID == nil, !model.symbols.hasAllBytes {
      throw .unknownTokenMissing(token: unknown)
    }
    return model
  }

  /// Whether the model is BPE at all: what else such a file may hold goes with other stages, too.
  static func checkType(_ field: JSONField) throws(TokenizerError) {
    _ = try field.object()
    guard let type = field["type"].node else { return }
    let name = type.string ?? type.typeName
    guard name == "BPE" else { throw .notBPE(model: name) }
  }

  private static func vocabulary(
    _ tape: borrowing JSONTape, _ index: Int?, _ field: JSONField
  ) throws(TokenizerError) -> Vocabulary {
    guard let index, tape.kind(index) == .objectBegin else { throw field.malformed("an object") }
    let end = tape.end(of: index)
    // A key and a number for each token.
    var vocabulary = Vocabulary(minimumCapacity: (end - index) / 2)
    var next = index + 1
    while next < end - 1 {
      let limit = Vocabulary.idLimit
      guard tape.kind(next + 1) == .integer, let id = UInt32(exactly: tape.integer(next + 1)), id < limit
      else {
        throw .idOutOfRange(token: tape.text(next), limit: limit - 1)
      }
      switch unsafe tape.withText(next, { unsafe vocabulary.insert($0, id: id) }) {
      case .new: break
      case .known: throw .duplicateToken(tape.text(next), offset: tape.offset(next))
      case .full: throw .idOutOfRange(token: tape.text(next), limit: limit - 1)
      }
      next += 2
    }
    return vocabulary
  }

  /// The merges, each a string of two parts or an array of two. Of the same pair the last wins.
  private static func merges(
    _ tape: borrowing JSONTape, _ index: Int?, _ field: JSONField, _ vocabulary: Vocabulary, prefixCount: Int
  ) throws(TokenizerError) -> MergeTable {
    guard let index, tape.kind(index) == .arrayBegin else { throw field.malformed("an array") }
    let end = tape.end(of: index) - 1
    var next = index + 1
    // An array of two takes four entries. A table that turns out too small grows.
    let width = next < end && tape.kind(next) == .arrayBegin ? 4 : 1
    var reader = MergeReader(
      vocabulary: vocabulary, prefixCount: prefixCount,
      capacity: min((end - next) / width, MergeTable.rankLimit))
    while next < end {
      switch tape.kind(next) {
      case .string:
        unsafe try tape.withText(next) { (text) -> Result<Void, TokenizerError> in
          unsafe reader.read(line: text)
        }.get()
        next += 1
      case .arrayBegin
      where tape.end(of: next) == next + 4 && tape.kind(next + 1) == .string
        && tape.kind(next + 2) == .string:
        unsafe try tape.withText(next + 1) { (left) -> Result<Void, TokenizerError> in
          unsafe tape.withText(next + 2) { (right) in unsafe reader.read(left, right) }
        }.get()
        next += 4
      default: throw .invalidMerge(index: reader.index)
      }
    }
    try reader.finish().get()
    return reader.table
  }
}

extension JSONField {
  /// The bytes of a string member; none where it is absent or null.
  fileprivate func bytes(_ key: String) throws(TokenizerError) -> [UInt8] {
    self[key].isNull ? [] : Array(try self[key].text().utf8)
  }
}
