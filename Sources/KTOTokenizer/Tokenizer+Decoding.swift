extension Tokenizer {
  /// The text of ids; bytes that are not UTF-8 become U+FFFD, ids without a token nothing.
  package func decode(_ ids: [UInt32], skipSpecialTokens: Bool) -> String {
    String(decoding: decodeBytes(ids, skipSpecialTokens: skipSpecialTokens), as: UTF8.self)
  }

  /// The bytes of ids, which need not be whole UTF-8.
  package func decodeBytes(_ ids: [UInt32], skipSpecialTokens: Bool) -> [UInt8] {
    let table = decoder.decodings
    var bytes: [UInt8] = []
    if decoder.later.isEmpty {
      bytes.reserveCapacity(ids.count * 5)
      for id in ids where !(skipSpecialTokens && table.isSpecial(id)) {
        if let decoded = table[id] { bytes += decoded }
      }
      return bytes
    }
    var run = DecodingRun(decoder.later)
    for id in ids where !(skipSpecialTokens && table.isSpecial(id)) {
      if let decoded = table[id] { run.append(Array(decoded)) }
    }
    run.finish()
    return run.output
  }

  /// Whether an id is left out of decoded text on request.
  package func isSpecial(_ id: UInt32) -> Bool {
    added.hasSpecialTokens && (added.form(of: id) ?? model.bytes(of: id)).map(added.isSpecial) ?? false
  }
}

/// Decodes ids as they come, in whole characters; all that it gives, joined, is what `decode` gives for all the ids.
///
/// Bytes written as `<0x0A>` are held back until a token of another kind follows: the reference makes U+FFFD of all of
/// a run that is not UTF-8 as a whole.
package struct StreamingDecoder {
  private let table: DecodingTable
  private let skipsSpecialTokens: Bool
  private var run: DecodingRun

  package init(_ tokenizer: Tokenizer, skipSpecialTokens: Bool) {
    table = tokenizer.decoder.decodings
    skipsSpecialTokens = skipSpecialTokens
    run = DecodingRun(tokenizer.decoder.later)
  }

  /// The text that an id completes, which may be empty.
  package mutating func append(_ id: UInt32) -> String {
    guard let token = table[id], !(skipsSpecialTokens && table.isSpecial(id)) else { return "" }
    run.append(Array(token))
    let whole = run.output.count - incompleteCharacter(run.output)
    defer { run.output.removeFirst(whole) }
    return String(decoding: run.output[..<whole], as: UTF8.self)
  }

  /// The rest of the text; nothing may be appended afterwards.
  package mutating func finish() -> String {
    run.finish()
    defer { run.output.removeAll() }
    return String(decoding: run.output, as: UTF8.self)
  }
}

/// How many bytes at the end begin a character that more bytes may complete.
private func incompleteCharacter(_ bytes: [UInt8]) -> Int {
  for count in 1...3 where count <= bytes.count {
    let first = bytes[bytes.count - count]
    if first & 0xC0 == 0x80 { continue }
    guard (0xC2...0xF4).contains(first), count < utf8Width(first) else { return 0 }
    if count > 1 {
      // The second byte is what tells surrogates, overlong forms and numbers beyond U+10FFFF.
      let second = bytes[bytes.count - count + 1]
      let bounds: ClosedRange<UInt8> =
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
      if !bounds.contains(second) { return 0 }
    }
    return count
  }
  return 0
}
