/// The ids of documents, one after the other.
package struct EncodedDocuments: Sendable {
  package var ids: [UInt32] = []
  /// For each document, the index in `ids` behind its last id.
  package var ends: [Int] = []

  package init() {}

  package mutating func removeAll(keepingCapacity: Bool = false) {
    ids.removeAll(keepingCapacity: keepingCapacity)
    ends.removeAll(keepingCapacity: keepingCapacity)
  }
}
