package import KTOCore

/// The rows of a Parquet file as JSON lines, so that the line of a record is the number of its row.
///
/// A column that is null in a row is left out of it, but for `content`, where null says something: in a file of columns a
/// field that a record does not have and one that is null are the same.
package final class ParquetRows: ByteSource {
  private let texts: DuckDBTexts
  /// Kept open: the library opens it again by its descriptor when the first rows are asked for.
  private let file: FileByteSource
  private let path: String
  private var rows: ArraySlice<[UInt8]> = []
  private var parser = JSONParser(maxDepth: 256)
  private var rest: ArraySlice<UInt8> = []
  private var isAtEnd = false

  /// - Parameters:
  ///   - file: open for reading; where it stands does not matter.
  ///   - path: for messages.
  /// - Throws: `DuckDBError`.
  package init(_ file: FileByteSource, path: String, library: String?) throws(DuckDBError) {
    let database = try DuckDB(library: library)
    // The descriptor has no wildcards in its name, and stays the file that was looked at.
    texts = try database.texts(
      "SELECT to_json(kto_record)::VARCHAR FROM read_parquet(\(sqlText(file.descriptorPath))) AS kto_record")
    self.path = path
    self.file = file
  }

  package func read(upTo limit: Int) throws -> [UInt8] {
    while rest.isEmpty, !isAtEnd {
      if rows.isEmpty {
        do {
          rows = try texts.next()[...]
        } catch {
          throw InputError.damaged(path: path, encoding: "Parquet", decodedByteCount: 0, reason: "\(error)")
        }
        isAtEnd = rows.isEmpty
      }
      var lines: [UInt8] = []
      while lines.count < limit, let row = rows.popFirst() {
        lines += withoutNulls(row)
        lines.append(0x0A)
      }
      rest = lines[...]
    }
    let piece = rest.prefix(limit)
    rest = rest.dropFirst(piece.count)
    return Array(piece)
  }

  private func withoutNulls(_ row: [UInt8]) -> [UInt8] {
    guard let node = try? parser.parse(row) else { return row }
    var writer = JSONWriter()
    writer.write(node.value.withoutNulls)
    return writer.bytes
  }
}

extension JSONValue {
  /// The value without members that are null, but for `content`.
  var withoutNulls: JSONValue {
    switch self {
    case .array(let items): .array(items.map { JSONNode($0.value.withoutNulls, offset: $0.offset) })
    case .object(let object):
      .object(
        JSONObject(
          object.members.compactMap { member in
            if member.node.isNull, member.key != "content" { return nil }
            return JSONObject.Member(member.key, JSONNode(member.node.value.withoutNulls))
          }))
    default: self
    }
  }
}
