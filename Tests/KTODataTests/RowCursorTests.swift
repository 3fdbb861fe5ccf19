import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct RowCursorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, to name: String) throws -> String {
    let path = "\(folder.path)/\(name)"
    try writeFile(path, text.utf8)
    return path
  }

  /// Lines of all kinds: good, unlabelled, wrong, blank, broken, repeated.
  private func mixedLines(_ count: Int) -> String {
    (0..<count).map { number in
      switch number % 7 {
      case 0: #"{"id": "same", "prompt": "q\#(number)", "completion": "r", "label": true}"#
      case 1: #"{"prompt": "q\#(number)", "completion": "r", "label": \#(number % 2 == 0), "model": "m"}"#
      case 2: #"{"prompt": "q", "completion": "r\#(number % 3)", "label": false}"#
      case 3: #"{"prompt": "q\#(number)", "completion": ""}"#
      case 4: ""
      case 5: #"{"prompt": "q\#(number)", "completion": "r", "label": "yes"}"#
      default: #"{"prompt": "q\#(number), "completion"#
      }
    }.joined(separator: "\n")
  }

  private func everything(_ files: [String], jobs: Int) throws -> [String] {
    let cursor = RowCursor(files, PipelineOptions(checks: CheckContext(), jobs: jobs))
    var lines: [String] = []
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        lines.append(
          "\(row.state) \(row.example?.id ?? "-") \(row.example?.source.location.description ?? "-")")
        lines += row.findings.map(\.description)
      case .finding(let finding): lines.append(finding.description)
      case .ended(let summary): lines.append("\(summary)")
      }
    }
    return lines + cursor.finish().map(\.description) + cursor.account.lines
  }

  @Test func `rows, ids, places and counts are the same whatever the number of jobs is`() throws {
    // More than a few batches, so that threads really finish out of turn.
    let files = [
      try write(mixedLines(40_000), to: "a.jsonl"),
      try write(
        "["
          + (0..<9000).map { #"{"prompt":"p\#($0)","completion":"c","label":true}"# }.joined(separator: ",\n")
          + "]", to: "b.json"),
    ]
    let alone = try everything(files, jobs: 1)
    #expect(try everything(files, jobs: 3) == alone)
    #expect(alone.count > 30_000)
  }

  @Test func `records and examples add up`() throws {
    let cursor = RowCursor(
      [try write(mixedLines(700), to: "a.jsonl")], PipelineOptions(checks: CheckContext()))
    while try cursor.next() != nil {}
    let account = cursor.account
    #expect(account.records == 600)
    #expect(account.records == account.rejectedRecords + account.emptyRecords + account.examples)
    #expect(account.examples == account.accepted.total + account.rejected.total + account.droppedCount)
  }

  @Test func `a file's bytes are counted and hashed as they pass`() throws {
    let path = try write(mixedLines(5000), to: "a.jsonl")
    let cursor = RowCursor([path])
    while try cursor.next() != nil {}
    #expect(cursor.summaries[0].byteCount == (try fileByteCount(path)))
    #expect(cursor.summaries[0].sha256 == (try SHA256.hash(fileAt: path)))
  }

  @Test func `lines and columns are those of the file, also behind pretty-printed records`() throws {
    let got = try ingest(
      "[\n  {\"prompt\": \"a\",\n   \"completion\": \"b\", \"label\": true},\n\n  {\"prompt\": \"c\",\n   \"completion\": \"d\", \"label\": 1}\n]"
    )
    #expect(got.examples.map(\.source.line) == [2])
    #expect(got.examples.map(\.source.column) == [3])
    #expect(got.rejections.map { $0.location?.description } == ["data.json:6:32"])
  }

  @Test func `fields that nothing reads are named with their counts`() throws {
    let got = try ingest(mixedLines(700))
    #expect(got.summary.ignoredFields == ["model": 100])
  }

  @Test func `a user of the cursor may stop before the end`() throws {
    let cursor = RowCursor([try write(mixedLines(40_000), to: "a.jsonl")], PipelineOptions(jobs: 2))
    for _ in 0..<3 { _ = try cursor.next() }
  }

  @Test func `an input that is not there is an error after the rows before it`() throws {
    let cursor = RowCursor(
      [try write(#"{"prompt":"a","completion":"b","label":true}"#, to: "a.jsonl"), folder.path + "/none"],
      PipelineOptions(jobs: 2))
    var rows = 0
    #expect(throws: FileError.self) {
      while let event = try cursor.next() { if case .row = event { rows += 1 } }
    }
    #expect(rows == 1)
  }

  @Test func `damage in compressed input is one finding, and what lies before it is delivered`() throws {
    var bytes = try #require(Fixture.gzip)
    #expect(try ingest(bytes, name: "a.jsonl.gz").examples.count == 300)
    bytes.removeLast(40)
    let got = try ingest(bytes, name: "a.jsonl.gz")
    #expect(got.examples.count > 50)
    #expect(got.codes == ["E00"])
    let finding = try #require(got.findings.last)
    #expect(finding.message.hasPrefix("the gzip data is cut off"))
    #expect(!got.summary.isComplete)
  }

  @Test func `a cut table is one finding too`() throws {
    let rows = "prompt,completion,label\n" + (0..<50).map { "p\($0),c,true\n" }.joined()
    // Half a unit of UTF-16 is damage like a compression's.
    var text: [UInt8] = [0xFF, 0xFE]
    for unit in (rows + "p50,c").utf16 { text.append(littleEndian: unit) }
    text.append(0x2C)
    let got = try ingest(text)
    #expect(got.examples.count == 50 && got.codes == ["E00"])
  }

  @Test func `what follows compressed data does not cost the last record`() throws {
    let bytes = try #require(Fixture.gzip)
    let got = try ingest(bytes + Array("more".utf8), name: "a.jsonl.gz")
    #expect(got.examples.count == 300 && got.codes == ["E00"])
  }
}

private enum Fixture {
  /// 300 lines of `{"prompt":"pN","completion":"c","label":true}`, by Python's `gzip.compress(…, 9, mtime=0)`.
  static var gzip: [UInt8]? {
    base64Decoded(
      """
      H4sIAAAAAAACA5XbPW7bQACE0T7HYJ2CM1xySd8mMVQEUGLBUCojd4/LdMErJWz3QX9vRx/L4/3t5+O5vCyPdfm6vH4+uN+eP95+
      fT7z+vnE/dv32315eb7/vv358vHP6dDp0umNTg86vdPpg05POn3S6cvqYEyrGcsZ6xkLGisaSxprGosaq1qrWnyNWtVa1VrVWtVa
      1VrVWtVa1c2qblZ1w7deq7pZ1c2qblZ1s6qbVd2s6rCqw6oOqzrwE9WqDqs6rOqwqsOqDqu6W9Xdqu5WdbeqO35Rsqq7Vd2t6m5V
      d6t6WNXDqh5W9bCqh1U98PuvVT2s6mFVD6s6req0qtOqTqs6req0qhN/1ljVaVWnVT2t6mlVT6t6WtXTqp5W9bSqJ/5ataqnVb2s
      6mVVL6t6WdXLql5W9bKql1W9ECFUIZAhVnSIFSFiRYlYkSJWtIgVMWJFjViRI1bsy8yEfRWaVJqUmtSaFJtUm5Sb0JuC4JSqI2Jf
      NKcgOgXVKchOQXcKwlNQnoL0FLSnbArF2Bf5KehPQYAKClSQoIIGFUSooEIFGSpDbwKwL0pUkKKCFhXEqKBGBTkq6FFBkAqKVHa9
      6sG+iFJBlQqyVNClgjAVlKkgTQVtKohTOfQuD/uiTwWBKihUQaIKGlUQqYJKFWSqoFNl6mUt9kWqClpVEKuCWhXkqqBXBcEqKFZB
      ssqpt/HYF9UqyFZBtwrCVVCugnQVtKsgXgX1KpfOLXRvgYML9KuiXxX9quhXRb8q+lXRr4p+VfSrRgc12Bf9quhXRb8q+lXRr4p+
      VfSr6l5KB1O8mMK+upnS0ZSupnQ2pbspHU6hXxX9quhX3XQSh33Rr4p+VfSrol8V/aroV0W/KvpV0a86dPOIfdGvin5V9KuiXxX9
      quhXRb8q+lXRr7rrqBX7ol8V/aroV0W/KvpV0a+KflX0q6Jf9dDVMvZFvyr6VdGvin5V9KuiXxX9quhXRb/q1Fk69kW/KvpV0a+K
      flX0q6JfFf2q6FdFv+qp/zvAvuhXRb8q+lXRr4p+VfSrol8V/aroV730jyX/7/sXA7Xun9I3AAA=
      """)
  }

  private static func base64Decoded(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in text.utf8 where byte != 0x0A && byte != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: byte) else { return nil }
      (bits, count) = (bits << 6 | value, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }
}
