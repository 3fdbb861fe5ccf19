/// A fixed number of values on large pages; a value itself, as an array is.
@safe struct LargeTable<Element: BitwiseCopyable>: Sendable {
  @safe private final class Memory: @unchecked Sendable {
    // `@unchecked Sendable`: it is written to by the only owner alone.
    let start: UnsafeMutablePointer<Element>

    init(_ count: Int) { unsafe start = Pages.allocate(count, of: Element.self) }

    deinit { unsafe start.deallocate() }
  }

  private var memory: Memory
  let count: Int

  init(repeating value: Element, count: Int) {
    memory = Memory(count)
    self.count = count
    unsafe memory.start.initialize(repeating: value, count: count)
  }

  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe memory.start[index]
    }
    set {
      precondition(index >= 0 && index < count)
      if !isKnownUniquelyReferenced(&memory) { memory = copy(count) }
      unsafe memory.start[index] = newValue
    }
  }

  /// Where the values lie as long as there is such a table. Reads through it are not checked.
  @inline(__always)
  var start: UnsafePointer<Element> { unsafe UnsafePointer(memory.start) }

  /// A table of more values, the first of which are those of this one.
  func enlarged(to newCount: Int, with value: Element) -> Self {
    let table = Self(memory: copy(newCount), count: newCount)
    unsafe (table.memory.start + count).initialize(repeating: value, count: newCount - count)
    return table
  }

  private init(memory: Memory, count: Int) {
    self.memory = memory
    self.count = count
  }

  private func copy(_ newCount: Int) -> Memory {
    let new = Memory(newCount)
    unsafe new.start.initialize(from: memory.start, count: count)
    return new
  }
}
