internal import CLibYAML

/// What libyaml's parser says, event by event, with positions in bytes.
enum YAMLEvent {
  case streamStart, documentStart, documentEnd, streamEnd
  case alias
  case scalar(text: String, isPlain: Bool, properties: YAMLProperties)
  case sequenceStart(YAMLProperties), sequenceEnd
  case mappingStart(YAMLProperties), mappingEnd
}

/// What may stand before a node: `&anchor` and `!tag`.
struct YAMLProperties {
  var hasAnchor: Bool
  var tag: String?
}

/// A libyaml parser over one text.
///
/// Owns the parser and a copy of the bytes, which libyaml reads until the parser is deleted; both are freed at
/// the end of the value's life. No pointer into them leaves this file.
@safe struct YAMLEventReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var position: YAMLPosition

  /// - Throws: `YAMLError.syntax` when memory is short.
  init(_ bytes: [UInt8], file: String) throws(YAMLError) {
    position = YAMLPosition(bytes, file: file)
    unsafe input = .allocate(capacity: max(bytes.count, 1))
    _ = unsafe input.initialize(from: bytes)
    unsafe parser = .allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    guard unsafe yaml_parser_initialize(parser) != 0 else {
      throw YAMLError(reason: .syntax("out of memory"), location: position.locate(character: 0))
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event and where it begins.
  mutating func next() throws(YAMLError) -> (event: YAMLEvent, location: SourceLocation) {
    var raw = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &raw) != 0 else { throw failure() }
    defer { unsafe yaml_event_delete(&raw) }
    let location = unsafe position.locate(character: raw.start_mark.index)
    return (unsafe event(raw), location)
  }

  private func event(_ raw: yaml_event_t) -> YAMLEvent {
    switch unsafe raw.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_ALIAS_EVENT: return .alias
    case YAML_SCALAR_EVENT:
      let scalar = unsafe raw.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return unsafe .scalar(
        text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
        properties: properties(anchor: scalar.anchor, tag: scalar.tag))
    case YAML_SEQUENCE_START_EVENT:
      return unsafe .sequenceStart(
        properties(anchor: raw.data.sequence_start.anchor, tag: raw.data.sequence_start.tag))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      return unsafe .mappingStart(
        properties(anchor: raw.data.mapping_start.anchor, tag: raw.data.mapping_start.tag))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return .streamEnd
    }
  }

  private func properties(
    anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?
  ) -> YAMLProperties {
    unsafe YAMLProperties(
      hasAnchor: anchor != nil, tag: tag.map { unsafe String(decodingCString: $0, as: UTF8.self) })
  }

  private mutating func failure() -> YAMLError {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not YAML"
    let isReaderError = unsafe parser.pointee.error == YAML_READER_ERROR
    let location =
      unsafe isReaderError
      ? position.locate(byte: parser.pointee.problem_offset)
      : position.locate(character: parser.pointee.problem_mark.index)
    return YAMLError(reason: .syntax(problem), location: location)
  }
}

/// The version of the libyaml that runs, such as `0.2.5`.
package func libraryYAMLVersion() -> String {
  unsafe yaml_get_version_string().map { unsafe String(cString: $0) } ?? "unknown"
}

/// Turns libyaml's positions, which count characters, into bytes, lines and columns.
///
/// Positions asked for in ascending order cost one pass over the text in all.
struct YAMLPosition {
  private let bytes: [UInt8]
  private let file: String
  private var offset = 0
  private var character = 0
  private var line = 1
  private var lineStart = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  mutating func locate(character target: Int) -> SourceLocation {
    if target < character { (offset, character, line, lineStart) = (0, 0, 1, 0) }
    while character < target, offset < bytes.count { step() }
    return here
  }

  mutating func locate(byte target: Int) -> SourceLocation {
    if target < offset { (offset, character, line, lineStart) = (0, 0, 1, 0) }
    while offset < min(target, bytes.count) { step() }
    return here
  }

  private var here: SourceLocation {
    SourceLocation(file: file, byteOffset: offset, line: line, column: offset - lineStart + 1)
  }

  private mutating func step() {
    let isLineEnd = bytes[offset] == 0x0A
    offset += 1
    while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    character += 1
    if isLineEnd {
      line += 1
      lineStart = offset
    }
  }
}
