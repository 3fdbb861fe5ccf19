import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Copies of files with safe repairs.
struct RepairTests {
  private func fix(
    _ text: String, name: String = "a.jsonl", masks: Set<String> = [], skipping: Set<String> = []
  ) throws -> (copy: String, result: RepairedFile) {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: name)
    var copy: [UInt8] = []
    let options = RepairOptions(repairs: chosenRepairs(skipping: skipping, masks: masks))
    let result = try repairFile(InputFiles([path]).files[0], options) { copy += $0 }
    return (String(decoding: copy, as: UTF8.self), result)
  }

  private func row(_ prompt: String, _ completion: String, _ label: String = "true") -> String {
    #"{"prompt":"\#(prompt)","completion":"\#(completion)","label":\#(label)}"#
  }

  @Test(arguments: [
    "{ \"prompt\" : \"q\",\t\"completion\":\"\\u0072\\/\", \"label\":true, \"n\":1.50e+3 }\n\n  ",
    "[\n {\"prompt\":\"q\",\"completion\":\"r\",\"label\":true} ,\n {\"prompt\":\"q\",\"completion\":\"s\",\"label\":false}\n]\n",
    "prompt,completion,label\nq,\"r, \"\"x\"\"\",true\n",
    "{\"prompt\":\"q\",\"completion\":\"r\",\"label\":true}\n{\"prompt\":\"broken",
    "<posts>\n  <row Id=\"1\" PostTypeId=\"1\" Body=\"a\" />\n  <row Id=\"1\" PostTypeId=\"1\" Body=\"a\" />\n</posts>\n",
  ])
  func `what needs no repair keeps its bytes`(text: String) throws {
    let (copy, result) = try fix(text, name: "a.txt", masks: ["mail", "phone", "card", "key", "ip"])
    #expect(copy == text)
    #expect(result.edits == [:])
  }

  @Test func `a byte order mark and the line ends of Windows go, those within texts stay`() throws {
    let text =
      "\u{FEFF}" + row("a\\r\\nb", "c")
      + "\r\n{\"prompt\":\"q\",\r\n\"completion\":\"r\",\"label\":false}\r\n"
    let (copy, result) = try fix(text, name: "a.json")
    #expect(copy == row("a\\r\\nb", "c") + "\n{\"prompt\":\"q\",\n\"completion\":\"r\",\"label\":false}\n")
    #expect(result.edits == ["bom": 1, "line-ends": 3])
  }

  @Test func `line ends in quoted cells of a table stay`() throws {
    let (copy, _) = try fix("prompt,completion,label\r\nq,\"r\r\ns\",true\r\n", name: "t.csv")
    #expect(copy == "prompt,completion,label\nq,\"r\r\ns\",true\n")
  }

  @Test(arguments: [
    ("\"true\"", "true"), ("\"False\"", "false"), ("\"thumbs_down\"", "false"), ("\"👍🏽\"", "true"),
    ("\"good\"", "\"good\""), ("1", "1"), ("\"1\"", "\"1\""), ("\"up\"", "\"up\""), ("null", "null"),
  ])
  func `labels in words become bools where nothing else can be meant`(word: String, expected: String) throws {
    #expect(try fix(row("q", "r", word)).copy == row("q", "r", expected))
  }

  @Test func `labels of messages are repaired, too`() throws {
    let text =
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r","label":"false"}]}"#
    #expect(try fix(text).copy == text.replacing("\"false\"", with: "false"))
  }

  @Test(arguments: [
    (" q \\n", "q"), ("\\u00a0q\\t", "q"), ("  ", "  "), ("q  r", "q  r"), ("\\n  x\\n  y", "  x\\n  y"),
    ("  a\\nb ", "a\\nb"), ("  a\\n  b", "  a\\n  b"),
  ])
  func `white space around texts goes, but not what means something`(text: String, expected: String) throws {
    #expect(try fix(row("q", text)).copy == row("q", expected))
  }

  @Test func `a text that a format cuts up is not trimmed`() throws {
    let text = #"{"chosen":"\n\nHuman: q\n\nAssistant: a ","rejected":"\n\nHuman: q\n\nAssistant: b "}"#
    #expect(try fix(text).copy == text)
  }

  @Test func `exact duplicates go with what is between them, in lines and in an array`() throws {
    let (a, b) = (row("a", "b"), row("c", "d", "false"))
    let lines = try fix("\(a)\n\(b)\n\(a)\n\(a) \n")
    #expect(lines.copy == "\(a)\n\(b) \n")
    #expect(lines.result.removed == 2)
    #expect(try fix("[\(a),\n \(b),\n \(a)\n]", name: "a.json").copy == "[\(a),\n \(b)\n]")
    #expect(try fix("\(a)\n\(a)\n", skipping: ["duplicates"]).copy == "\(a)\n\(a)\n")
  }

  @Test(arguments: [
    ("mail", "write jane.doe@acme.org.", "write [MAIL]."),
    ("phone", "call +49 30 901820 or so", "call [PHONE] or so"),
    ("phone", "call (212) 736-5000 now", "call [PHONE] now"),
    ("card", "no 4539 1488 0343 6467!", "no [CARD]!"),
    ("key", "AKIAQWERTZUIOP7YXCVB.", "[KEY]."), ("ip", "from 93.184.216.34:80", "from [IP]:80"),
    ("mail", "caf\\u00e9 \\uD83D\\uDE00 j@acme.org", "caf\\u00e9 \\uD83D\\uDE00 [MAIL]"),
  ])
  func `personal data is masked by its kind, and nothing around it changes`(
    kind: String, text: String, expected: String
  ) throws {
    let (copy, result) = try fix(row("q", text), masks: [kind])
    #expect(copy == row("q", expected))
    #expect(
      result.changes.allSatisfy { change in !change.before.contains("4539") && !change.before.contains("acme")
      })
    #expect(try fix(row("q", text)).copy == row("q", text))
  }

  @Test func `no difference shows what any mask covers, not even around another change`() throws {
    let text = row(" j@acme.org", "+49 30 901820 ")
    let (_, result) = try fix("\(text)\n\(text)\n", masks: ["mail", "phone"])
    #expect(Set(result.changes.map(\.repair)) == ["blanks", "mask-mail", "mask-phone", "duplicates"])
    let shown = result.changes.flatMap { [$0.before, $0.after ?? ""] }.joined()
    #expect(!shown.contains("acme") && !shown.contains("901820"))
  }

  @Test func `a private key is masked to its last line`() throws {
    let line = String(repeating: "MIIEvQIBADANBgkqhkiG9w0B", count: 3)
    let text = "a\\n-----BEGIN PRIVATE KEY-----\\n\(line)\\n\(line)==\\n-----END PRIVATE KEY-----\\nb"
    #expect(try fix(row("q", text), masks: ["key"]).copy == row("q", "a\\n[KEY]\\nb"))
  }

  @Test func `cells of a table are repaired in their quotation marks`() throws {
    let text = "prompt,completion,label\n q ,\" say \"\"hi\"\" to j@acme.org \",thumbs_up\n"
    let (copy, _) = try fix(text, name: "t.csv", masks: ["mail"])
    #expect(copy == "prompt,completion,label\nq,\"say \"\"hi\"\" to [MAIL]\",true\n")
  }

  @Test func `a record that is no JSON is copied between others that are repaired`() throws {
    let (copy, result) = try fix("\(row("a", " b"))\n{oops}\n\(row("c", "d "))\n")
    #expect(copy == "\(row("a", "b"))\n{oops}\n\(row("c", "d"))\n")
    #expect(result.changed == 2)
  }

  @Test func `texts are repaired whatever the label is, and records that cannot be read are counted`() throws
  {
    let text = row("q", "j@acme.org", "\"good\"") + "\n" + #"{"prompt":"j@acme.org","completion":7}"# + "\n"
    let (copy, result) = try fix(text, masks: ["mail"])
    #expect(copy == text.replacing("\"j@acme.org\",\"label\"", with: "\"[MAIL]\",\"label\""))
    #expect(result.unread == 1)
  }

  @Test func `what follows the place where a file breaks is copied as it is`() throws {
    for text in ["{\"prompt\":\"q\"},\n{\"prompt\":\"s\"},\n", "[\(row("a", "b")),\n{\"x\": [", "a,b\n\"c"] {
      let (copy, result) = try fix(text, name: "a.txt")
      #expect(copy == text || result.isRefused, "\(text)")
      #expect(result.finding?.severity == .error, "\(text)")
    }
  }

  @Test func `each change has its place`() throws {
    let (_, result) = try fix("\(row("a", "b"))\n\(row("a", "b", "\"true\""))\n")
    let change = try #require(result.changes.first)
    #expect(change.location.line == 2 && change.location.column == 40)
    #expect(
      change.before.hasSuffix(#""label":"true"}"#) && change.after?.hasSuffix(#""label":true}"#) == true)
  }

  @Test func `labels of the examples are the same before and after, but for those that were none`() throws {
    let text = [
      row(" a", "b "), row("c", "d", "\"false\""), row("e", "f ", "false"), row("g", "h", "\"nope\""),
    ]
    .joined(separator: "\n")
    let before = try ingest(text).examples.map(\.label)
    let after = try ingest(try fix(text).copy).examples.map(\.label)
    #expect(before == [true, false])
    #expect(after == [true, false, false])
  }

  @Test func `the page of repairs names each`() throws {
    let page = String(
      decoding: try readFile(Fixtures.root.appending(path: "docs/fix.md").path), as: UTF8.self)
    for repair in repairs { #expect(page.contains("| `\(repair.name)` |"), "\(repair.name)") }
  }
}
