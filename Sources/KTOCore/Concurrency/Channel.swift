internal import DequeModule
internal import Dispatch
internal import Synchronization

/// A queue between threads: what one thread sends arrives in its order.
final class Channel<Element: Sendable>: Sendable {
  private let elements = Mutex<Deque<Element>>([])
  private let arrivals = DispatchSemaphore(value: 0)

  func send(_ element: Element) {
    elements.withLock { $0.append(element) }
    arrivals.signal()
  }

  /// Waits for an element.
  func receive() -> Element {
    while true {
      arrivals.wait()
      if let element = elements.withLock({ $0.popFirst() }) { return element }
    }
  }
}
