internal import Glibc

/// Memory that is read all over: of large pages, where there is much of it.
///
/// A processor remembers where some thousand pages are. Beyond them each read of a table costs a search for its page
/// before that for its content, and in a virtual machine a search in two directories.
enum LargePages {
  private static let size = 1 << 21
  /// The system's own.
  private static let smallSize = 1 << 12

  /// Asks for large pages under memory that nothing has been written to; less than one is left as it is.
  static func advise(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount < size { return }
    let address = Int(bitPattern: memory)
    let start = address & -smallSize
    guard let first = unsafe UnsafeMutableRawPointer(bitPattern: start) else { return }
    // Without large pages all goes on as well.
    _ = unsafe madvise(first, address + byteCount - start, Int32(MADV_HUGEPAGE))
  }

  /// Memory for values, the first at the beginning of a cache line; `deallocate` gives it back.
  static func allocate<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<
    Element
  > {
    let byteCount = count * MemoryLayout<Element>.stride
    // A good part of a large page is worth a whole one.
    let pageCount = (byteCount + size * 3 / 4) / size
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, pageCount * size), alignment: pageCount > 0 ? size : 64)
    unsafe advise(memory, byteCount: pageCount * size)
    return unsafe memory.bindMemory(to: type, capacity: count)
  }
}
