package import KTOCore

/// A Stack Exchange data dump's `Posts.xml`: each answer with its question as prompt, and its votes as score.
package struct StackExchange: RecordFormat {
  package static let name = "stackexchange"
  package static let summary = "a Stack Exchange dump's Posts.xml: answers with their questions and scores"
  package static let sample = #"""
    <?xml version="1.0" encoding="utf-8"?>
    <posts>
      <row Id="1" PostTypeId="1" AcceptedAnswerId="2" Score="3" Title="Which?" Body="&lt;p&gt;This or that?&lt;/p&gt;" />
      <row Id="2" PostTypeId="2" ParentId="1" Score="5" Body="&lt;p&gt;That.&lt;/p&gt;" />
    </posts>
    """#
  package static let fields = [
    "Id", "PostTypeId", "ParentId", "AcceptedAnswerId", "Score", "Title", "Body", "question",
  ]

  /// The last few questions as Markdown, since answers follow their questions.
  private var recent: [(id: String, prompt: String)] = []

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    record["Id"] != nil && record["PostTypeId"] != nil ? 2 : 0
  }

  package static func makeJoin(scratchFolder: String) throws -> (any RecordJoin)? {
    try StackExchangeJoin(scratchFolder: scratchFolder)
  }

  package mutating func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let id = output.integer("Id", of: record), output.integer("ParentId", of: record) != nil,
      let score = output.integer("Score", of: record)
    else { return }
    guard let body = record["Body"]?.string else {
      return output.error(.wrongShape, record, "/Body", "the answer has no Body")
    }
    guard let question = record["question"] else { return }
    let answer = markdown(fromHTML: body)
    let prompt = prompt(of: question)
    guard !isBlankText(answer) else {
      return output.error(.emptySide, record, "/Body", "the answer is empty or blank", hint: "remove the row")
    }
    guard !isBlankText(prompt) else {
      return output.error(
        .emptySide, record, "/ParentId", "the question is empty or blank", hint: "remove the row")
    }
    var draft = Draft(
      prompt: [Turn(role: "user", text: prompt, at: record, "/ParentId")],
      completion: [Turn(role: "assistant", text: answer, at: record, "/Body")])
    let isAccepted = question["AcceptedAnswerId"]?.string == "\(id)"
    draft.evidence = [
      Evidence(
        signal: .score(Double(score), isAccepted: isAccepted), name: "\"Score\" (\(score))",
        offset: record.offset, pointer: "/Score")
    ]
    output.idInFile = "\(id)"
    output.drafts.append(draft)
  }

  /// Title and body of a question as one text.
  private mutating func prompt(of question: JSONNode) -> String {
    let id = question["Id"]?.string ?? ""
    if let known = recent.first(where: { $0.id == id }) { return known.prompt }
    let parts = [question["Title"]?.string, question["Body"]?.string.map { markdown(fromHTML: $0) }]
    let prompt = parts.compactMap { $0 }.filter { !isBlankText($0) }.joined(separator: "\n\n")
    if recent.count == 32 { recent.removeFirst() }
    recent.append((id, prompt))
    return prompt
  }
}

extension ConvertedRecord {
  fileprivate mutating func integer(_ name: String, of record: JSONNode) -> Int? {
    guard let text = record[name]?.string else {
      error(.wrongShape, record, "/" + name, "the answer has no \(name)")
      return nil
    }
    guard let number = Int(text), number.magnitude < 1 << 53 else {
      error(.wrongShape, record, "/" + name, "\(name) is \"\(excerpt(text))\", not an integer")
      return nil
    }
    return number
  }
}

extension StackExchange {
  package static let schema: FormatSchema? = .xml(
    #"""
    <?xml version="1.0" encoding="utf-8"?>
    <!-- Posts.xml of a Stack Exchange data dump: what kto-data reads of it. Attributes without a value are left out
         by the dump, and further attributes are allowed. -->
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
      <xs:element name="posts">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="row" type="row" minOccurs="0" maxOccurs="unbounded"/>
          </xs:sequence>
        </xs:complexType>
      </xs:element>
      <xs:complexType name="row">
        <xs:attribute name="Id" type="xs:positiveInteger" use="required"/>
        <!-- 1 is a question, 2 an answer; others are wikis, nominations and the like. -->
        <xs:attribute name="PostTypeId" type="xs:positiveInteger" use="required"/>
        <xs:attribute name="ParentId" type="xs:positiveInteger"/>
        <xs:attribute name="AcceptedAnswerId" type="xs:positiveInteger"/>
        <xs:attribute name="Score" type="xs:integer"/>
        <xs:attribute name="Title" type="xs:string"/>
        <xs:attribute name="Body" type="xs:string"/>
        <xs:attribute name="CreationDate" type="xs:dateTime"/>
        <xs:anyAttribute processContents="lax"/>
      </xs:complexType>
    </xs:schema>
    """#, before: "<posts>", after: "</posts>")
}
