/// The ids of documents, one after the other.
package struct EncodedDocuments: Sendable {
  package var ids: [UInt32] = []
  /// For each document, the index in `ids` behind its last id.
  package var ends: [Int] = []

  /// How many ids `reserve` made room for, and how many of them have pages.
  private var reservedCount = 0
  private var populatedCount = 0
  /// For how many more the system is asked for pages at a time.
  private static let stepCount = 1 << 18

  package init() {}

  /// Makes room for that many ids. The system is asked for their memory bit by bit, as they come.
  package mutating func reserve(_ count: Int) {
    if count <= ids.capacity { return }
    ids.reserveCapacity(count)
    reservedCount = ids.capacity
    populatedCount = 0
  }

  package mutating func removeAll(keepingCapacity: Bool = false) {
    ids.removeAll(keepingCapacity: keepingCapacity)
    ends.removeAll(keepingCapacity: keepingCapacity)
    if !keepingCapacity { (reservedCount, populatedCount) = (0, 0) }
  }

  @inline(__always)
  mutating func append(_ new: UnsafeBufferPointer<UInt32>) {
    let count = ids.count &+ new.count
    if count > populatedCount, count <= reservedCount { populate(for: count) }
    unsafe ids.append(contentsOf: new)
  }

  private mutating func populate(for count: Int) {
    // Makes it the only owner, where it was not.
    let base = unsafe ids.withUnsafeMutableBufferPointer { $0.baseAddress }
    reservedCount = min(reservedCount, ids.capacity)
    guard let base = unsafe base, count <= reservedCount else { return }
    let end = min(count + Self.stepCount, reservedCount)
    unsafe Pages.populate(
      base + populatedCount, byteCount: (end - populatedCount) * MemoryLayout<UInt32>.stride)
    populatedCount = end
  }
}
