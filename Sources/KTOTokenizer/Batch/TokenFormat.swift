internal import KTOCore

/// How the ids of documents are written.
package enum TokenFormat: String, Sendable, CaseIterable {
  /// A line a document: an array of its ids.
  case jsonl
  /// The ids of all documents, little-endian, 32 bits each.
  case u32
  /// A line a document: the number of its ids.
  case count
  /// A line a document: its ids with a space between them.
  case ids
  /// A line a token: its position in the document, its id, its text.
  case table
}

/// Writes the ids of documents in a format. Keeps its memory from one call to the next.
struct TokenFormatter {
  private let format: TokenFormat
  private let tokenizer: Tokenizer
  /// Where digits are put down; only grows.
  private var scratch: [UInt8] = []

  init(_ format: TokenFormat, tokenizer: Tokenizer) {
    self.format = format
    self.tokenizer = tokenizer
  }

  /// What is written for documents whose ids lie side by side.
  /// - Parameter ends: for each document, the index behind its last id.
  mutating func bytes(ids: Span<UInt32>, ends: Span<Int>) -> [UInt8] {
    switch format {
    case .jsonl:
      lines(ids, ends, opening: UInt8(ascii: "["), separator: UInt8(ascii: ","), closing: UInt8(ascii: "]"))
    case .ids: lines(ids, ends, opening: nil, separator: UInt8(ascii: " "), closing: nil)
    case .u32: littleEndian(ids)
    case .count: counts(ends)
    case .table: table(ids, ends)
    }
  }

  private mutating func lines(
    _ ids: Span<UInt32>, _ ends: Span<Int>, opening: UInt8?, separator: UInt8, closing: UInt8?
  ) -> [UInt8] {
    // Ten digits and a separator an id; two brackets and a line feed a document; what the last digits overshoot.
    let room = ids.count * 11 + ends.count * 3 + 8
    if scratch.count < room { scratch = [UInt8](repeating: 0, count: room) }
    var bytes = scratch.mutableSpan
    // Every byte is a valid `UInt8`.
    var out = unsafe bytes.mutableBytes
    var (place, index) = (0, 0)
    func put(_ byte: UInt8?, _ out: inout MutableRawSpan) {
      guard let byte else { return }
      out.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
      place += 1
    }
    for document in ends.indices {
      put(opening, &out)
      let first = index
      while index < ends[document] {
        if index > first { put(separator, &out) }
        place = putDigits(ids[index], &out, at: place)
        index += 1
      }
      put(closing, &out)
      put(0x0A, &out)
    }
    return Array(scratch[..<place])
  }

  private func littleEndian(_ ids: Span<UInt32>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ids.count * 4)
    var span = bytes.mutableSpan
    var out = unsafe span.mutableBytes
    for index in ids.indices {
      out.storeBytes(of: ids[index].littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
    return bytes
  }

  private func counts(_ ends: Span<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    var start = 0
    for document in ends.indices {
      bytes += Array("\(ends[document] - start)\n".utf8)
      start = ends[document]
    }
    return bytes
  }

  private func table(_ ids: Span<UInt32>, _ ends: Span<Int>) -> [UInt8] {
    var text = ""
    var index = 0
    for document in ends.indices {
      var position = 0
      while index < ends[document] {
        let token = tokenizer.decodeBytes([ids[index]], skipSpecialTokens: false)
        text += "\(position)\t\(ids[index])\t\(excerpt(String(decoding: token, as: UTF8.self), limit: 80))\n"
        index += 1
        position += 1
      }
    }
    return Array(text.utf8)
  }
}

/// Puts a number down in decimal digits; answers the place behind them. The 8 bytes there must be free.
@inline(__always)
private func putDigits(_ number: UInt32, _ out: inout MutableRawSpan, at place: Int) -> Int {
  guard number < 100_000_000 else {
    let digits = Array(String(number).utf8)
    for (index, digit) in digits.enumerated() {
      out.storeBytes(of: digit, toByteOffset: place + index, as: UInt8.self)
    }
    return place + digits.count
  }
  // Eight digits, the first in the lowest byte: halves of four, quarters of two, then one in each byte. The
  // products divide by 100 and by 10, exactly for what the lanes can hold.
  let halves = UInt64(number / 10_000) | UInt64(number % 10_000) << 32
  let hundreds = (halves &* 10_486) >> 20 & 0x7F_0000_007F
  let quarters = hundreds | (halves &- 100 &* hundreds) << 16
  let tens = (quarters &* 103) >> 10 & 0x000F_000F_000F_000F
  let digits = tens | (quarters &- 10 &* tens) << 8
  let leadingZeroCount = min(digits.trailingZeroBitCount / 8, 7)
  let text = (digits | 0x3030_3030_3030_3030) >> UInt64(8 * leadingZeroCount)
  out.storeBytes(of: text.littleEndian, toByteOffset: place, as: UInt64.self)
  return place + 8 - leadingZeroCount
}
