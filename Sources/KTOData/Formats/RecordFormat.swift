package import KTOCore

/// A shape that records of raw conversations have, whatever container they lie in.
///
/// To add one, write its file here and its line in `RecordFormats.swift`; `--format`, the configuration, help and
/// documentation read the list. See `docs/adding-a-format.md`.
package protocol RecordFormat: SendableMetatype {
  /// What `--format` and `data.format` take: lower case, words joined by hyphens.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// A short file of this format, which tells it from every other and makes examples.
  static var sample: String { get }
  /// The fields of a record that are read. Others are named in reports, since they do not train.
  static var fields: [String] { get }
  /// How much a record looks like this format: 3 for what only this format has, where another is more general; 2 for
  /// its keys and their shapes, 1 for its keys alone, 0 for neither. The most points of a record count.
  static func evidence(in record: JSONObject) -> Int
  /// The contract for others to read: `schemas/` publishes it, `--strict` applies it. Nil where there is none.
  static var schema: FormatSchema? { get }
  /// What brings records together that only together make examples; nil where each record stands alone.
  /// - Parameter scratchFolder: where nameless files may lie.
  static func makeJoin(scratchFolder: String) throws -> (any RecordJoin)?

  init()
  /// Makes drafts of examples from one record, or says what is wrong with it. Called by one thread.
  mutating func convert(_ record: JSONNode, into output: inout ConvertedRecord)
}

extension RecordFormat {
  package static var schema: FormatSchema? { nil }
  package static func makeJoin(scratchFolder: String) throws -> (any RecordJoin)? { nil }
}

/// Brings together records of one file, in their order and on one thread, such as answers with their questions.
package protocol RecordJoin: AnyObject {
  /// The records to convert in place of this one.
  func take(_ record: DecodedRecord) throws -> [DecodedRecord]
  /// The records that waited for others to the end of the file.
  func finish() throws -> [DecodedRecord]
}

/// A published contract of a format.
package enum FormatSchema: Sendable {
  /// JSON Schema, draft 2020-12.
  case json(String)
  /// XML Schema of a file with one kind of row; the texts to put before and behind a row to make it a file.
  case xml(String, before: String, after: String)

  /// The name of the file in `schemas/`.
  package func fileName(for format: String) -> String {
    switch self {
    case .json: "\(format).schema.json"
    case .xml: "\(format).xsd"
    }
  }

  package var text: String {
    switch self {
    case .json(let text), .xml(let text, _, _): text
    }
  }
}
