import KTOCore
import KTOData
import Testing

struct IngestStackExchangeTests {
  private func posts(_ rows: String...) -> String {
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n  " + rows.joined(separator: "\n  ")
      + "\n</posts>\n"
  }

  private let question =
    #"<row Id="1" PostTypeId="1" AcceptedAnswerId="3" Score="4" Title="T" Body="&lt;p&gt;Why?&lt;/p&gt;" />"#

  @Test func `an answer brings its question, its score and whether it was accepted`() throws {
    let got = try ingest(
      posts(
        question, #"<row Id="2" PostTypeId="2" ParentId="1" Score="-2" Body="&lt;p&gt;no&lt;/p&gt;" />"#,
        #"<row Id="3" PostTypeId="2" ParentId="1" Score="7" Body="&lt;p&gt;yes&lt;/p&gt;" />"#),
      name: "Posts.xml")
    #expect(got.examples.map(\.id) == ["Posts-2", "Posts-3"])
    #expect(got.examples.map { $0.prompt[0].content } == ["T\n\nWhy?", "T\n\nWhy?"])
    #expect(
      got.examples.map(\.signals) == [[.score(-2, isAccepted: false)], [.score(7, isAccepted: true)]])
    #expect(got.examples.map(\.source.line) == [4, 5])
    #expect(got.summary.empty == 1)
  }

  @Test func `an answer may stand before its question`() throws {
    let got = try ingest(
      posts(#"<row Id="2" PostTypeId="2" ParentId="1" Score="1" Body="yes" />"#, question), name: "Posts.xml")
    #expect(got.examples.first?.prompt[0].content == "T\n\nWhy?")
  }

  @Test func `questions are found again in a file of many reads`() throws {
    var rows: [String] = []
    for id in 0..<3000 {
      let filler = String(repeating: "wörds ", count: id % 40)
      rows.append(#"<row Id="\#(2 * id + 1)" PostTypeId="1" Body="question \#(id) \#(filler)" />"#)
    }
    for id in 0..<3000 {
      rows.append(
        #"<row Id="\#(2 * id + 2)" PostTypeId="2" ParentId="\#(2 * id + 1)" Score="1" Body="answer \#(id)" />"#
      )
    }
    let text = "<posts>\n" + rows.joined(separator: "\n") + "\n</posts>"
    let got = try ingest(text, name: "Posts.xml")
    #expect(got.examples.count == 3000)
    #expect(got.codes.isEmpty)
    let isRight = got.examples.enumerated().allSatisfy { index, example in
      example.prompt[0].content.hasPrefix("question \(index)")
        && example.completion[0].content == "answer \(index)" && example.source.line == 3002 + index
    }
    #expect(isRight)
  }

  @Test func `malformed XML is located and the rows before it are delivered`() throws {
    let text =
      "<posts>\n\(question)\n<row Id=\"2\" PostTypeId=\"2\" ParentId=\"1\" Score=\"1\" Body=\"a\" />\n<row Id=3 />\n"
    let got = try ingest(text, name: "Posts.xml")
    #expect(got.examples.count == 1)
    let error = try #require(got.findings.first)
    #expect(error.code == "E00")
    #expect(error.location?.line == 4)
  }

  @Test func `a document type declaration is refused before anything is expanded`() throws {
    let bomb =
      "<!DOCTYPE posts [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>\n<posts>&b;</posts>"
    let got = try ingest(bomb, name: "Posts.xml")
    #expect(got.codes == ["E00"])
    #expect(got.findings[0].message.contains("DOCTYPE"))
  }

  @Test func `ten thousand nested elements are refused, not followed`() throws {
    let got = try ingest(String(repeating: "<a>", count: 10_000), name: "Posts.xml")
    #expect(got.codes == ["E00"])
    #expect(got.findings[0].message.contains("nested"))
  }

  @Test func `an answer with a wrong number is rejected at its row`() throws {
    let got = try ingest(
      posts(question, #"<row Id="2" PostTypeId="2" ParentId="1" Score="many" Body="a" />"#), name: "Posts.xml"
    )
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].location?.line == 4)
    #expect(got.rejections[0].location?.column == 3)
  }

  @Test func `an answer whose question is missing is rejected`() throws {
    let got = try ingest(
      posts(#"<row Id="2" PostTypeId="2" ParentId="9" Score="1" Body="a" />"#), name: "Posts.xml")
    #expect(got.codes == ["E04"])
  }

  @Test(arguments: [
    ("<p>a</p><p>b</p>", "a\n\nb"),
    ("a<br>b", "a\nb"),
    ("<p>run <code>ls  -l</code> now</p>", "run `ls -l` now"),
    ("<pre><code>x = 1\n  y\n</code></pre><p>then</p>", "```\nx = 1\n  y\n```\n\nthen"),
    ("<ul><li>a</li><li>b <b>c</b></li></ul>", "- a\n- b **c**"),
    ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n  - b\n2. c"),
    (#"see <a href="https://x.org/">this</a>!"#, "see [this](https://x.org/)!"),
    ("<blockquote><p>q</p><p>r</p></blockquote><p>s</p>", "> q\n>\n> r\n\ns"),
    ("1 &lt; 2 &amp; 3&nbsp;&#62; 2 &eacute;", "1 < 2 & 3 > 2 é"),
    ("<p>an <em>old</em> one</p>", "an *old* one"),
    ("<script>evil()</script><p>ok</p>", "ok"),
    ("plain", "plain"),
  ])
  func `HTML becomes Markdown`(html: String, expected: String) throws {
    let escaped = html.map { character in
      switch character {
      case "<": "&lt;"
      case ">": "&gt;"
      case "&": "&amp;"
      case "\"": "&quot;"
      case "\n": "&#xA;"
      default: String(character)
      }
    }.joined()
    let got = try ingest(
      posts(question, #"<row Id="2" PostTypeId="2" ParentId="1" Score="1" Body="\#(escaped)" />"#),
      name: "Posts.xml")
    #expect(got.examples.first?.completion[0].content == expected)
  }

  @Test func `deeply nested HTML is bounded`() throws {
    let deep = String(repeating: "&lt;blockquote&gt;", count: 20_000) + "x"
    let got = try ingest(
      posts(question, #"<row Id="2" PostTypeId="2" ParentId="1" Score="1" Body="\#(deep)" />"#),
      name: "Posts.xml")
    #expect(got.examples.first?.completion[0].content.hasSuffix("x") == true)
  }
}
