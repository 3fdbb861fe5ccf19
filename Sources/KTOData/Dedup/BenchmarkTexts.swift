internal import KTOCore

/// Bytes of a benchmark file, decompressed; the whole of it is in memory once.
private let benchmarkLimit = 1 << 30

/// Calls `body` with each text of a benchmark file and its line.
/// - Throws: `FileError`, `InputError`, `BenchmarkError`.
func forEachBenchmarkText(in path: String, _ body: (String, Int) -> Void) throws {
  let source = try InputSource(path)
  var bytes: [UInt8] = []
  while true {
    let piece = try source.read(upTo: 1 << 20)
    if piece.isEmpty { break }
    bytes += piece
    if bytes.count > benchmarkLimit {
      throw BenchmarkError.tooLarge(file: source.name, limit: benchmarkLimit)
    }
  }
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
  let first = bytes.first { $0 > 0x20 }
  if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
    try readJSON(bytes, source.name, body)
  } else {
    readParagraphs(bytes, body)
  }
}

/// A JSON value a line, or one over all lines.
private func readJSON(_ bytes: [UInt8], _ file: String, _ body: (String, Int) -> Void) throws {
  var parser = JSONParser()
  var line = 0
  var isLines = true
  for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    line += 1
    if text.allSatisfy({ $0 <= 0x20 }) { continue }
    do {
      forEachString(in: try parser.parse(text).value) { body($0, line) }
    } catch {
      guard line == 1 else { throw BenchmarkError.notJSON(file: file, line: line) }
      isLines = false
      break
    }
  }
  guard !isLines else { return }
  do throws(JSONSyntaxError) {
    forEachPlacedString(in: try parser.parse(bytes), bytes, body)
  } catch {
    throw BenchmarkError.notJSON(file: file, line: 1 + bytes[..<error.offset].count { $0 == 0x0A })
  }
}

private func forEachString(in value: JSONValue, _ body: (String) -> Void) {
  switch value {
  case .string(let text): body(text)
  case .array(let items): for item in items { forEachString(in: item.value, body) }
  case .object(let object): for member in object.members { forEachString(in: member.node.value, body) }
  case .null, .bool, .integer, .double: return
  }
}

/// The strings of a value over several lines, which come in the order of their offsets.
private func forEachPlacedString(
  in node: JSONNode, _ bytes: [UInt8], _ body: (String, Int) -> Void
) {
  var (line, offset) = (1, 0)
  func visit(_ node: JSONNode) {
    switch node.value {
    case .string(let text):
      while offset < min(node.offset, bytes.count) {
        if bytes[offset] == 0x0A { line += 1 }
        offset += 1
      }
      body(text, line)
    case .array(let items): for item in items { visit(item) }
    case .object(let object): for member in object.members { visit(member.node) }
    case .null, .bool, .integer, .double: return
    }
  }
  visit(node)
}

/// What stands between empty lines.
private func readParagraphs(_ bytes: [UInt8], _ body: (String, Int) -> Void) {
  var (line, first) = (0, 1)
  var paragraph: [UInt8] = []
  func end() {
    if !paragraph.isEmpty { body(String(decoding: paragraph, as: UTF8.self), first) }
    paragraph = []
  }
  for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    line += 1
    if text.allSatisfy({ $0 <= 0x20 }) {
      end()
    } else {
      if paragraph.isEmpty { first = line }
      paragraph += text + [0x0A]
    }
  }
  end()
}
