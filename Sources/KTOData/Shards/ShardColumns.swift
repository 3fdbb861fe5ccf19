internal import KTOCore

/// The columns of our shards, sorted by name as the format wants them.
///
/// Source: MosaicML streaming 0.13, `format/mds/encodings.py`: `int` is 8 bytes, little-endian, signed.
struct ShardColumn: Sendable, Equatable {
  var name: String
  var encoding: String
  /// Bytes of a fixed-size column, nil for one whose size stands before each sample.
  var byteCount: Int?

  static func all(hasWeights: Bool) -> [ShardColumn] {
    let columns = [
      ShardColumn(name: "completion_ids", encoding: "bytes"),
      ShardColumn(name: "group", encoding: "str"),
      ShardColumn(name: "id", encoding: "str"),
      ShardColumn(name: "label", encoding: "int", byteCount: 8),
      ShardColumn(name: "prompt_ids", encoding: "bytes"),
    ]
    return hasWeights ? columns + [ShardColumn(name: "weight", encoding: "float64", byteCount: 8)] : columns
  }
}

extension TokenizedExample {
  /// The example as one MDS sample: sizes of the variable columns, then all payloads, in column order.
  func sampleBytes() throws(ShardError) -> [UInt8] {
    let (group, id) = (Array(group.utf8), Array(id.utf8))
    let variable = [completionIDs.count * 4, group.count, id.count, promptIDs.count * 4]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(variable.reduce(32, +))
    for count in variable {
      guard let size = UInt32(exactly: count) else { throw .tooLarge(byteCount: count) }
      bytes.append(littleEndian: size)
    }
    bytes.append(littleEndian: completionIDs)
    bytes += group
    bytes += id
    bytes.append(littleEndian: Int64(label ? 1 : 0))
    bytes.append(littleEndian: promptIDs)
    if let weight { bytes.append(littleEndian: weight.bitPattern) }
    return bytes
  }
}

extension JSONValue {
  /// JSON with a space after each comma and colon, as the `streaming` library writes it: so that the same
  /// samples make the same bytes whoever writes them. Members come in the order they have.
  var spacedJSONText: String {
    switch self {
    case .array(let items): "[" + items.map { $0.value.spacedJSONText }.joined(separator: ", ") + "]"
    case .object(let object):
      "{"
        + object.members.map { "\(JSONValue.string($0.key).jsonText): \($0.node.value.spacedJSONText)" }
        .joined(separator: ", ") + "}"
    default: jsonText
    }
  }
}
