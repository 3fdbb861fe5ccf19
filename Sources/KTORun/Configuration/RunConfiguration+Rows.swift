package import KTOCore

extension RunConfiguration {
  /// The keys that prepared rows depend on, by their dotted paths: those of `model` and `data` that are not marked
  /// otherwise in their tables.
  package var rowKeys: JSONValue {
    let leaves = leaves(without: .changesNoRow).filter { Self.isOfRows($0.path) }
    return .object(JSONObject(leaves.map { JSONObject.Member($0.path, JSONNode($0.value)) }))
  }
}
