internal import CSimdjson

/// Why a text is not JSON, and the byte at which that shows.
package struct JSONSyntaxError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    case empty, truncated, tooDeep(limit: Int), invalidUTF8, invalidString, invalidNumber
    case trailingContent, duplicateKey(String), tooLarge(limit: Int), syntax
  }

  package var reason: Reason
  package var offset: Int

  package init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension JSONSyntaxError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .empty: "empty where a JSON value is expected"
    case .truncated: "the JSON ends in the middle of a value"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .invalidString: "a string with a raw control character or an escape that names no character"
    case .invalidNumber: "a number JSON does not allow, or one out of range"
    case .trailingContent: "content after the end of the JSON value"
    case .duplicateKey(let key): "the key \"\(excerpt(key))\" appears twice in one object"
    case .tooLarge(let limit): "a single value of more than \(limit) bytes"
    case .syntax: "not valid JSON"
    }
  }
}

/// Parses JSON documents through simdjson's On-Demand parser, keeping the byte offset of every value.
///
/// Owns the C++ parser and a padded copy of the input; reuse one instance for many documents. Strict: UTF-8,
/// RFC 8259 grammar, no duplicate keys, bounded depth.
@safe package struct JSONParser: ~Copyable {
  private let parser: OpaquePointer?
  private var padded: [UInt8] = []
  private let maxDepth: Int

  /// - Parameter maxDepth: containers may nest this deep.
  package init(maxDepth: Int = 256) {
    self.maxDepth = maxDepth
    unsafe parser = kto_json_parser_new(maxDepth)
  }

  deinit { unsafe kto_json_parser_free(parser) }

  /// The document in `bytes`.
  /// - Throws: `JSONSyntaxError`, with an offset from the start of `bytes`.
  /// - Complexity: O(bytes).
  package mutating func parse(_ bytes: some Collection<UInt8>) throws(JSONSyntaxError) -> JSONNode {
    let result: Result<JSONNode, JSONSyntaxError> = try read(bytes) { tape in
      do throws(JSONSyntaxError) { return .success(try tape.node()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Calls `body` with the document in `bytes` as a flat tape, of which large parts need not become nodes.
  /// - Throws: `JSONSyntaxError`, with an offset from the start of `bytes`.
  /// - Complexity: O(bytes).
  package mutating func read<Value>(
    _ bytes: some Collection<UInt8>, _ body: (borrowing JSONTape) -> Value
  ) throws(JSONSyntaxError) -> Value {
    guard let parser = unsafe parser else { throw JSONSyntaxError(reason: .syntax, offset: 0) }
    padded.removeAll(keepingCapacity: true)
    padded.reserveCapacity(bytes.count + kto_json_padding())
    padded.append(contentsOf: bytes)
    let count = padded.count
    padded.append(contentsOf: repeatElement(0, count: kto_json_padding()))
    var errorOffset = 0
    let result: Result<Value, JSONSyntaxError> = unsafe padded.withUnsafeBufferPointer { buffer in
      let status = unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe kto_json_parse(parser, $0.baseAddress, count, &errorOffset)
      }
      guard status == Int32(KTO_JSON_OK.rawValue) else {
        if status == Int32(KTO_JSON_INVALID_UTF8.rawValue) {
          errorOffset = unsafe firstInvalidUTF8(UnsafeBufferPointer(rebasing: buffer[..<count])) ?? 0
        }
        return .failure(JSONSyntaxError(reason: reason(status), offset: min(errorOffset, count)))
      }
      var entryCount = 0
      let entries = unsafe kto_json_tape(parser, &entryCount)
      return .success(body(unsafe JSONTape(UnsafeBufferPointer(start: entries, count: entryCount))))
    }
    return try result.get()
  }

  private func reason(_ status: Int32) -> JSONSyntaxError.Reason {
    switch kto_json_status(UInt32(status)) {
    case KTO_JSON_TOO_DEEP: .tooDeep(limit: maxDepth)
    case KTO_JSON_INVALID_UTF8: .invalidUTF8
    case KTO_JSON_TRUNCATED: .truncated
    case KTO_JSON_TRAILING_CONTENT: .trailingContent
    case KTO_JSON_INVALID_STRING: .invalidString
    case KTO_JSON_INVALID_NUMBER: .invalidNumber
    case KTO_JSON_EMPTY: .empty
    default: .syntax
    }
  }
}

/// The index of the first byte that does not belong to valid UTF-8, nil where all is valid.
package func firstInvalidUTF8(_ bytes: some Collection<UInt8>) -> Int? {
  var decoder = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var position = 0
  while true {
    switch decoder.parseScalar(from: &iterator) {
    case .valid(let scalar): position += scalar.count
    case .emptyInput: return nil
    case .error: return position
    }
  }
}

/// The version of simdjson and the implementation it chose for this processor, such as `3.1.7 (icelake)`.
package func libraryJSONVersion() -> String {
  unsafe String(cString: kto_json_library_version()) + " (" + String(cString: kto_json_implementation()) + ")"
}
