internal import KTOCore

/// What is wrong with one document, placed within its batch until the batches before it are known.
struct DocumentProblem: Sendable, Equatable {
  enum Reason: Sendable, Equatable {
    case notUTF8
    case notJSON(JSONSyntaxError.Reason)
    case notObject(type: String)
    case fieldMissing(String)
    case fieldNotString(String, type: String)
    case notIDs(expected: String)
    case unknownID(UInt32)
  }

  var reason: Reason
  /// The document's index in its batch, from 0.
  var document: Int
  /// The line's index in its batch, from 0; nil where documents are no lines.
  var line: Int?
  /// Where it shows, in bytes from the start of the document or line; nil where the document has no bytes.
  var offset: Int?
  /// The same from the start of the input.
  var inputOffset: Int?
}

extension DocumentProblem {
  /// The finding, once it is known what came before the batch.
  /// - Parameter input: its name; nil where it has none.
  func diagnostic(input: String?, documentsBefore: Int, linesBefore: Int) -> Diagnostic {
    let number = documentsBefore + document + 1
    var location = input.map { SourceLocation.whole($0) }
    if let line, let input {
      location = SourceLocation(
        file: input, byteOffset: inputOffset ?? 0, line: linesBefore + line + 1, column: (offset ?? 0) + 1)
    }
    let place = inputOffset.map { ", byte \($0) of the input" } ?? ""
    let (code, message): (Code, String) =
      switch reason {
      case .notUTF8: (.documentNotUTF8, "document \(number)\(place): not UTF-8")
      case .notJSON(let reason): (.documentNotJSON, JSONSyntaxError(reason: reason, offset: 0).description)
      case .notObject(let type): (.documentNotObject, "a line must be a JSON object, not \(article(type))")
      case .fieldMissing(let field): (.documentFieldMissing, "the field \"\(excerpt(field))\" is missing")
      case .fieldNotString(let field, let type):
        (.documentFieldNotString, "the field \"\(excerpt(field))\" must be a string, not \(article(type))")
      case .notIDs(let expected):
        (.documentNotIDs, "a line must be an array of ids such as [1,2,3]: expected \(expected)")
      case .unknownID(let id):
        (.documentUnknownID, "document \(number): the tokenizer has no token with the id \(id)")
      }
    return Diagnostic(code, at: location, message: message)
  }
}

private func article(_ type: String) -> String {
  switch type {
  case "null": "null"
  case "array", "integer", "object": "an \(type)"
  default: "a \(type)"
  }
}
