package import KTOCore

extension ModelFolder {
  /// The object in a JSON file of the folder; nil where there is no such file.
  /// - Throws: `HubError.notJSON`, `.malformed` where the file contains anything but an object, `FileError`; what
  ///   `file(_:)` throws.
  package func json(_ name: String, limit: Int = 1 << 26) throws -> JSONNode? {
    guard let path = try file(name) else { return nil }
    var parser = JSONParser(maxDepth: 64)
    do {
      let node = try parser.parse(try readFile(path, limit: limit))
      guard node.object != nil else { throw HubError.malformed(path: path, expected: "an object") }
      return node
    } catch let error as JSONSyntaxError {
      throw HubError.notJSON(path: path, reason: error.description, offset: error.offset)
    }
  }
}
