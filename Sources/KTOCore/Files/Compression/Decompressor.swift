/// One way of compressing, undone in pieces. Data is a sequence of members (gzip's word; zstd says frame, xz and
/// bzip2 say stream), each of which decompresses by itself.
///
/// An instance owns the library's state and frees it; it is not shared between threads.
package protocol Decompressor: AnyObject, SendableMetatype {
  /// What messages and reports call it, such as `gzip`.
  static var name: String { get }
  /// How many bytes at most `begins` looks at.
  static var magicByteCount: Int { get }
  /// Members may be followed by zeros, a multiple of so many bytes; nil where none may be.
  static var paddingUnit: Int? { get }

  /// Whether a member begins with these bytes.
  static func begins(_ head: ArraySlice<UInt8>) -> Bool

  init() throws(DecompressionFault)

  /// Makes ready for the next member.
  func startMember() throws(DecompressionFault)

  /// Decompresses from the front of `input` to the front of `output`, which is not empty. A step that neither
  /// reads nor writes needs more input.
  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> DecompressionStep
}

/// What one step did. What was written before a fault counts.
package struct DecompressionStep {
  package var readCount: Int
  package var writtenCount: Int
  package var result: Result

  package enum Result {
    case goesOn, memberEnds
    case fails(DecompressionFault)
  }
}

/// Why a member cannot be decompressed.
package enum DecompressionFault: Error, Equatable, Sendable {
  /// In the words of the library.
  case damaged(reason: String)
  /// The data asks for more memory than is given.
  case takesTooMuchMemory(limitByteCount: Int)
}

/// Every way of compressing that is undone, by what the first bytes say.
package let decompressors: [any Decompressor.Type] = [Gzip.self, Zstd.self, Bzip2.self, XZ.self]
