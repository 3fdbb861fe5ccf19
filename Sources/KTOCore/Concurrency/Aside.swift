internal import Dispatch
internal import Synchronization

/// A value that another thread works out, while this one goes on.
package final class Aside<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  package init(_ work: @escaping @Sendable () -> Value) {
    DispatchQueue.global().async {
      let value = work()
      self.value.withLock { $0 = value }
      self.isDone.signal()
    }
  }

  /// Waits for the value. Call once.
  package func wait() -> Value? {
    isDone.wait()
    return value.withLock { $0 }
  }
}
