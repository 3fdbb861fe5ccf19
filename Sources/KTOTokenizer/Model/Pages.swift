internal import Glibc

/// What the system is asked about the pages of memory that has not been touched yet. Where it cannot help, all goes on
/// as well.
enum Pages {
  private static let size = 1 << 12
  private static let largeSize = 1 << 21
  /// `MADV_POPULATE_WRITE`, which the C library's headers name from 2.35 on and Linux knows from 5.14 on.
  private static let populateAdvice: Int32 = 23

  /// Asks for large pages under memory that is read all over, unless it is less than one.
  ///
  /// A processor remembers where some thousand pages are. Beyond them each read of a table costs a search for its page
  /// before that for its content, and in a virtual machine a search in two directories.
  static func adviseLarge(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount >= largeSize { unsafe advise(memory, byteCount, Int32(MADV_HUGEPAGE)) }
  }

  /// Has pages found for memory that will be written to soon, which costs less for many than a fault for each.
  static func populate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe advise(memory, byteCount, populateAdvice)
  }

  /// Advises on all pages that the memory has a part of.
  private static func advise(_ memory: UnsafeMutableRawPointer, _ byteCount: Int, _ advice: Int32) {
    let address = Int(bitPattern: memory)
    let start = address & -size
    guard let first = unsafe UnsafeMutableRawPointer(bitPattern: start) else { return }
    _ = unsafe madvise(first, address + byteCount - start, advice)
  }

  /// Memory for a table, the first value at the beginning of a cache line; `deallocate` gives it back.
  static func allocate<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<
    Element
  > {
    let byteCount = count * MemoryLayout<Element>.stride
    // A good part of a large page is worth a whole one.
    let pageCount = (byteCount + largeSize * 5 / 8) / largeSize
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, pageCount * largeSize), alignment: pageCount > 0 ? largeSize : 64)
    unsafe adviseLarge(memory, byteCount: pageCount * largeSize)
    return unsafe memory.bindMemory(to: type, capacity: count)
  }
}
