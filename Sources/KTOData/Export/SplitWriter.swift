/// Writes the rows of one split in the form that its readers want. A writer that is not finished leaves nothing that
/// looks finished.
package protocol SplitWriter {
  associatedtype Row
  mutating func append(_ row: Row) throws
  /// Writes what is left, and what names the files, last.
  mutating func finish() throws
}
