/// What a sentencepiece `.model` file says.
///
/// Field numbers and defaults: sentencepiece_model.proto of google/sentencepiece.
struct SentencePieceFile {
  struct Piece {
    enum Kind: UInt64 {
      case normal = 1
      case unknown, control, userDefined, unused, byte
    }

    /// Valid UTF-8, with U+2581 for the space.
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  /// How text becomes what the model works on.
  struct Normalization {
    var addsDummyPrefix = true
    var removesExtraSpaces = true
    var escapesSpaces = true
    /// Where in the file the table of replacements is; empty for none.
    var charsmap = 0..<0
  }

  /// By id.
  var pieces: [Piece] = []
  var modelType: UInt64 = 1
  var byteFallback = false
  var putsSpaceLast = false
  var unknownSurface = Array(" \u{2047} ".utf8)
  var normalization = Normalization()
  /// What is done to decoded text.
  var denormalization = Normalization()

  /// Whether bytes begin as such a file does: with a piece, as the peer writes them.
  static func matches(_ bytes: [UInt8]) -> Bool {
    var reader = ProtobufReader(bytes, 0..<bytes.count)
    guard case (1, .bytes(let range))? = try? reader.next() else { return false }
    return (try? Self.piece(bytes, range, id: 0)) != nil
  }

  init(_ bytes: [UInt8]) throws(TokenizerError) {
    var reader = ProtobufReader(bytes, 0..<bytes.count)
    while let (number, value) = try reader.next() {
      guard case .bytes(let range) = value else { continue }
      switch number {
      case 1:
        guard pieces.count < RankedVocabulary.limit else {
          throw .malformed(pointer: "pieces", expected: "fewer pieces", offset: range.lowerBound)
        }
        pieces.append(try Self.piece(bytes, range, id: pieces.count))
      case 2: try readTrainer(bytes, range)
      case 3: try Self.read(&normalization, bytes, range)
      case 5: try Self.read(&denormalization, bytes, range)
      default: break
      }
    }
  }

  private static func piece(
    _ bytes: [UInt8], _ range: Range<Int>, id: Int
  ) throws(TokenizerError) -> Piece {
    func malformed(_ expected: String) -> TokenizerError {
      .malformed(pointer: "piece \(id)", expected: expected, offset: range.lowerBound)
    }
    var piece = Piece()
    var reader = ProtobufReader(bytes, range)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .bytes(let range)): piece.text = Array(bytes[range])
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let raw)):
        guard let kind = Piece.Kind(rawValue: raw) else { throw malformed("a known type") }
        piece.kind = kind
      default: break
      }
    }
    guard !piece.text.isEmpty, String(validating: piece.text, as: UTF8.self) != nil else {
      throw malformed("a text in UTF-8")
    }
    guard !piece.score.isNaN else { throw malformed("a score") }
    return piece
  }

  private mutating func readTrainer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizerError) {
    var reader = ProtobufReader(bytes, range)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (3, .varint(let raw)): modelType = raw
      case (24, .varint(let raw)): putsSpaceLast = raw != 0
      case (35, .varint(let raw)): byteFallback = raw != 0
      case (44, .bytes(let range)): unknownSurface = Array(bytes[range])
      default: break
      }
    }
  }

  private static func read(
    _ normalization: inout Normalization, _ bytes: [UInt8], _ range: Range<Int>
  ) throws(TokenizerError) {
    var reader = ProtobufReader(bytes, range)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (2, .bytes(let range)): normalization.charsmap = range
      case (3, .varint(let raw)): normalization.addsDummyPrefix = raw != 0
      case (4, .varint(let raw)): normalization.removesExtraSpaces = raw != 0
      case (5, .varint(let raw)): normalization.escapesSpaces = raw != 0
      default: break
      }
    }
  }
}
