internal import Glibc
internal import KTOCore
package import KTOSchema

/// The schemas that `validate` applies, read from a folder.
package struct SchemaSet: Sendable {
  private var json: [RawFormat: JSONSchema] = [:]
  /// The path of the XML Schema for `Posts.xml`; libxml2's compiled form is made when it is used.
  private var stackExchangePath: String?

  /// Reads `<format>.schema.json` for each JSON format and `stackexchange-posts.xsd`.
  /// - Throws: `FileError` where one is missing, `SchemaError` where one is wrong.
  package init(directory: String) throws {
    for format in RawFormat.allCases {
      if format == .stackexchange {
        let path = "\(directory)/stackexchange-posts.xsd"
        _ = try XMLSchema(path: path)
        stackExchangePath = path
      } else {
        json[format] = try JSONSchema(path: "\(directory)/\(format.rawValue).schema.json")
      }
    }
  }

  package subscript(format: RawFormat) -> JSONSchema? { json[format] }

  var stackExchange: XMLSchema? { stackExchangePath.flatMap { try? XMLSchema(path: $0) } }

  /// The first of the usual places that holds the schemas: `share/kto-data/schemas` beside the executable's
  /// folder, then a `schemas` folder next to a `Package.swift` above the executable or the working folder.
  /// - Parameters:
  ///   - executable: path of the running program, resolved.
  ///   - workingDirectory: where the search upwards starts besides.
  package static func findDirectory(executable: String, workingDirectory: String) -> String? {
    func parent(_ path: String) -> String? {
      guard let slash = path.lastIndex(of: "/") else { return nil }
      return slash == path.startIndex ? (path == "/" ? nil : "/") : String(path[..<slash])
    }
    func isFile(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }
    let marker = "examples.schema.json"
    if let binFolder = parent(executable) {
      let shared = "\(binFolder)/../share/kto-data/schemas"
      if isFile("\(shared)/\(marker)") { return shared }
    }
    for start in [parent(executable), workingDirectory] {
      var folder = start
      while let here = folder {
        if isFile("\(here)/schemas/\(marker)"), isFile("\(here)/Package.swift") { return "\(here)/schemas" }
        folder = parent(here)
      }
    }
    return nil
  }
}
