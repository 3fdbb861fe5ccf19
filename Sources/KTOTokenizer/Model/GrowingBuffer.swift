internal import Glibc

/// Plain values in memory that grows, written without a check for each.
///
/// Large memory moves by its pages, so that growing neither copies values nor touches new memory for them.
@safe struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private var capacity: Int
  var count = 0

  init(capacity: Int = 1 << 12) {
    self.capacity = capacity
    unsafe start = Self.resized(nil, capacity)
  }

  deinit { unsafe free(start) }

  /// Where the next value goes.
  @inline(__always)
  var end: UnsafeMutablePointer<Element> { unsafe start + count }

  /// Makes room for that many more.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  private mutating func grow(_ more: Int) {
    capacity = max(count + more, capacity * 2)
    unsafe start = Self.resized(start, capacity)
  }

  private static func resized(_ old: UnsafeMutablePointer<Element>?, _ capacity: Int) -> UnsafeMutablePointer<
    Element
  > {
    guard let memory = unsafe realloc(old, capacity * MemoryLayout<Element>.stride) else {
      preconditionFailure("out of memory")
    }
    unsafe Pages.adviseLarge(memory, byteCount: capacity * MemoryLayout<Element>.stride)
    return unsafe memory.bindMemory(to: Element.self, capacity: capacity)
  }

  @inline(__always)
  mutating func append(_ value: Element) {
    reserve(1)
    unsafe end.initialize(to: value)
    count &+= 1
  }

  mutating func append(_ values: UnsafeBufferPointer<Element>) {
    reserve(values.count)
    if let base = values.baseAddress { unsafe end.update(from: base, count: values.count) }
    count += values.count
  }

  /// Removes all, and does not keep room for more than that many.
  mutating func removeAll(keeping limit: Int) {
    count = 0
    if capacity > limit {
      unsafe free(start)
      unsafe start = Self.resized(nil, limit)
      capacity = limit
    }
  }

  /// A part of the values; it lies where it is until the buffer grows.
  @inline(__always)
  func part(_ range: Range<Int>) -> UnsafeBufferPointer<Element> {
    unsafe UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
  }
}
