internal import Synchronization

/// How much of the inputs has been read, for whoever shows it: counted by the thread that reads, asked by any.
package final class ReadCounter: Sendable {
  private let bytes = Atomic<Int>(0)

  package init() {}

  /// Bytes of all files so far, as they lie on the disk. A little ahead of the rows that were handed out.
  package var byteCount: Int { bytes.load(ordering: .relaxed) }

  func update(_ byteCount: Int) { bytes.store(byteCount, ordering: .relaxed) }
}
