internal import Dispatch
internal import Synchronization

/// How many threads the kernels may use, and the loops that use them.
///
/// There is one level of parallelism: ours. OpenBLAS is set to one thread, and each of our threads calls it
/// on its own part of a product.
package struct ComputeContext: Sendable, Equatable {
  package let threadCount: Int

  /// - Parameter threadCount: at least 1; more than the processors only costs time.
  package init(threadCount: Int) {
    self.threadCount = Swift.max(1, threadCount)
  }

  /// Runs `body(slot, index)` for every index below `count`, each once, in any order and at the same time.
  ///
  /// `slot` is below ``threadCount`` and is held by one thread at a time, so it names scratch memory.
  /// A two-way call costs about a microsecond.
  func forEach(_ count: Int, _ body: (_ slot: Int, _ index: Int) -> Void) {
    let workers = Swift.min(threadCount, count)
    if workers <= 1 {
      for index in 0..<Swift.max(count, 0) { body(0, index) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { escaping in
      // Not shared beyond this call: `concurrentPerform` returns when every thread has left the closure. What
      // the body writes is disjoint by index, which is the promise of those who call `forEach`.
      nonisolated(unsafe) let body = escaping
      DispatchQueue.concurrentPerform(iterations: workers) { slot in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= count { return }
          unsafe body(slot, index)
        }
      }
    }
  }

  /// Splits `0..<count` into at most one range a thread, of at least `grain` each, and runs them at once.
  func split(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let parts = Swift.max(1, Swift.min(threadCount, count / Swift.max(grain, 1)))
    if parts == 1 {
      body(0..<count)
      return
    }
    forEach(parts) { _, part in body(count * part / parts..<count * (part + 1) / parts) }
  }
}
