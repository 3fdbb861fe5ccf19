/// The UTF-8 of a source's UTF-16, without its byte-order mark.
///
/// Everything before an error is given first; the read after that throws.
final class UTF16Source: ByteSource {
  private let source: any ByteSource
  private let order: UTF16ByteOrder
  private let path: String
  /// Bytes that wait for those that complete their character: at most three.
  private var rest: [UInt8] = []
  /// Where in the UTF-16 `rest` begins.
  private var offset = UTF16ByteOrder.markByteCount
  private var text: ArraySlice<UInt8> = []
  private var writtenCount = 0
  private var failure: (any Error)?

  /// - Parameters:
  ///   - source: behind the byte-order mark.
  ///   - path: for messages.
  init(_ source: any ByteSource, _ order: UTF16ByteOrder, path: String) {
    self.source = source
    self.order = order
    self.path = path
  }

  func read(upTo limit: Int) throws -> [UInt8] {
    while text.isEmpty {
      if let failure { throw failure }
      let piece = try source.read(upTo: max(2, limit))
      if piece.isEmpty {
        switch rest.count {
        case 0: return []
        case 1: throw InputError.truncated(path: path, encoding: order.name, decodedByteCount: writtenCount)
        default: throw InputError.loneSurrogate(path: path, byteOffset: offset)
        }
      }
      decode(rest + piece)
    }
    let piece = text.prefix(limit)
    text = text.dropFirst(piece.count)
    return Array(piece)
  }

  private func decode(_ bytes: [UInt8]) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 3 / 2)
    var place = 0
    while place + 1 < bytes.count {
      let unit = order.unit(bytes, at: place)
      var scalar = UInt32(unit)
      if unit & 0xF800 == 0xD800 {
        // A high surrogate waits for its partner, which the next piece brings.
        if unit < 0xDC00, place + 3 >= bytes.count { break }
        let low = unit < 0xDC00 ? order.unit(bytes, at: place + 2) : 0
        guard low & 0xFC00 == 0xDC00 else {
          failure = InputError.loneSurrogate(path: path, byteOffset: offset + place)
          break
        }
        scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
        place += 2
      }
      place += 2
      append(scalar, to: &output)
    }
    rest = Array(bytes[place...])
    offset += place
    writtenCount += output.count
    text = output[...]
  }
}

/// Which byte of a unit comes first, as a byte-order mark says.
enum UTF16ByteOrder: Equatable {
  case little, big

  static let markByteCount = 2

  /// Nil where there is no mark.
  init?(_ head: ArraySlice<UInt8>) {
    if head.starts(with: [0xFF, 0xFE]) {
      self = .little
    } else if head.starts(with: [0xFE, 0xFF]) {
      self = .big
    } else {
      return nil
    }
  }

  var name: String { self == .little ? "utf-16le" : "utf-16be" }

  fileprivate func unit(_ bytes: [UInt8], at place: Int) -> UInt16 {
    let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
    return self == .little ? second << 8 | first : first << 8 | second
  }
}

private func append(_ scalar: UInt32, to output: inout [UInt8]) {
  func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
  switch scalar {
  case ..<0x80: output.append(UInt8(scalar))
  case ..<0x800: output += [0xC0 | UInt8(scalar >> 6), tail(0)]
  case ..<0x10000: output += [0xE0 | UInt8(scalar >> 12), tail(6), tail(0)]
  default: output += [0xF0 | UInt8(scalar >> 18), tail(12), tail(6), tail(0)]
  }
}
