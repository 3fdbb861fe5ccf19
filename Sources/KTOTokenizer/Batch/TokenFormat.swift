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
    // Ten digits and a separator an id; two brackets and a line feed a document.
    let room = ids.count * 11 + ends.count * 3
    if scratch.count < room { scratch = [UInt8](repeating: 0, count: room) }
    var out = scratch.mutableSpan
    var (place, index) = (0, 0)
    func put(_ byte: UInt8?, _ out: inout MutableSpan<UInt8>) {
      guard let byte else { return }
      out[place] = byte
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
    var out = bytes.mutableSpan
    for index in ids.indices {
      let id = ids[index]
      out[4 * index] = UInt8(truncatingIfNeeded: id)
      out[4 * index + 1] = UInt8(truncatingIfNeeded: id >> 8)
      out[4 * index + 2] = UInt8(truncatingIfNeeded: id >> 16)
      out[4 * index + 3] = UInt8(truncatingIfNeeded: id >> 24)
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

/// Puts a number down in decimal digits; answers the place behind them.
@inline(__always)
private func putDigits(_ number: UInt32, _ out: inout MutableSpan<UInt8>, at place: Int) -> Int {
  var digitCount = 1
  var limit: UInt64 = 10
  while UInt64(number) >= limit {
    digitCount += 1
    limit *= 10
  }
  var rest = number
  var index = place + digitCount
  repeat {
    index -= 1
    out[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
    rest /= 10
  } while rest > 0
  return place + digitCount
}
