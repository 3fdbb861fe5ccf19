/// Bytes that are read once, from front to back.
package protocol ByteSource: AnyObject {
  /// The next bytes, at most `limit` of them; empty at the end, and from then on.
  func read(upTo limit: Int) throws -> [UInt8]
}
