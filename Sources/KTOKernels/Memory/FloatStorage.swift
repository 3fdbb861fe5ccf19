internal import Glibc

/// An owner of aligned 32-bit floats, freed with its last reference.
///
/// It is a class because the views made of it (``Matrix``) share it and must keep it alive. It allocates
/// and frees; nobody else may free. The contents are unspecified until written unless `isZeroed` was asked for.
@safe package final class FloatStorage {
  /// Number of floats.
  package let count: Int
  let base: UnsafeMutablePointer<Float>

  /// Blocks at least this large start on a huge page and ask the kernel for huge pages.
  private static let hugePageByteCount = 2 << 20

  /// Allocates `count` floats; traps when the size overflows or memory has run out, so sizes that come
  /// from outside are to be checked first.
  package init(count: Int, isZeroed: Bool) {
    precondition(count >= 0 && count <= Int.max / 8, "float count out of range")
    self.count = count
    let byteCount = Swift.max(count, 1) * MemoryLayout<Float>.stride
    let isHuge = byteCount >= 2 * Self.hugePageByteCount
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: isHuge ? Self.hugePageByteCount : 64)
    if isHuge { _ = unsafe madvise(raw, byteCount, Int32(MADV_HUGEPAGE)) }
    if isZeroed { unsafe memset(raw, 0, byteCount) }
    unsafe base = raw.bindMemory(to: Float.self, capacity: Swift.max(count, 1))
  }

  deinit { unsafe UnsafeMutableRawPointer(base).deallocate() }
}
