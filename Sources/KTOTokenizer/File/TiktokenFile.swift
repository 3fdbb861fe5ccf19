/// What a `.tiktoken` file says: a line for each token, in base64, and its rank, which is also its id.
struct TiktokenFile {
  /// The tokens by rank, empty where a rank has none.
  var tokens: [[UInt8]] = []

  /// Whether bytes begin as such a file does: base64, a space, a number.
  static func matches(_ bytes: [UInt8]) -> Bool {
    let line = bytes.prefix { $0 != 0x0A }
    return line.count < 1 << 10 && (try? Self.token(line, number: 1, offset: 0)) != nil
  }

  init(_ bytes: [UInt8]) throws(TokenizerError) {
    tokens.reserveCapacity(bytes.count / 12)
    var start = 0
    var number = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      number += 1
      var line = bytes[start..<end]
      if line.last == 0x0D { line.removeLast() }
      if !line.isEmpty {
        let (token, rank) = try Self.token(line, number: number, offset: start)
        if rank >= tokens.count {
          tokens.append(contentsOf: repeatElement([], count: rank + 1 - tokens.count))
        }
        guard tokens[rank].isEmpty else {
          throw .malformed(line: number, expected: "a new rank", offset: start)
        }
        tokens[rank] = token
      }
      start = end + 1
    }
  }

  private static func token(
    _ line: ArraySlice<UInt8>, number: Int, offset: Int
  ) throws(TokenizerError) -> (token: [UInt8], rank: Int) {
    let expected = "a token in base64, a space and its rank"
    guard let space = line.firstIndex(of: 0x20), let token = decodedBase64(line[..<space]),
      line.endIndex - space <= 10
    else { throw .malformed(line: number, expected: expected, offset: offset) }
    let digits = line[(space + 1)...]
    var rank = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else {
        throw .malformed(line: number, expected: expected, offset: offset)
      }
      rank = rank * 10 + Int(digit - 0x30)
    }
    guard !digits.isEmpty, rank < RankedVocabulary.limit else {
      throw .malformed(line: number, expected: "a rank below \(RankedVocabulary.limit)", offset: offset)
    }
    return (token, rank)
  }
}

extension TokenizerError {
  fileprivate static func malformed(line: Int, expected: String, offset: Int) -> TokenizerError {
    .malformed(pointer: "line \(line)", expected: expected, offset: offset)
  }
}
