internal import Glibc

/// Asks for large pages where memory fills some: look-ups go everywhere in a table, and small pages would each miss.
/// Has to be called before the memory is written.
func adviseLargePages(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
  let smallPage = 1 << 12
  let start = unsafe memory.alignedUp(toMultipleOf: smallPage)
  let end = unsafe (memory + byteCount).alignedDown(toMultipleOf: smallPage)
  guard byteCount >= 1 << 21, unsafe start < end else { return }
  // Where the system has none, or gives none, all goes on as before.
  unsafe madvise(start, end - start, Int32(MADV_HUGEPAGE))
}

extension Array where Element: BitwiseCopyable {
  /// As `init(repeating:count:)`, in large pages where it fills some.
  init(inLargePages value: Element, count: Int) {
    unsafe self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress {
        unsafe adviseLargePages(base, byteCount: count * MemoryLayout<Element>.stride)
      }
      unsafe buffer.initialize(repeating: value)
      initialized = count
    }
  }
}
