internal import KTOCore

/// Bytes that `normalizeWhiteSpace` takes and writes at a time.
let normalizationBlock = 8

/// Writes a text twice without outer white space and with one blank for each run of it: as it is, and with its case
/// folded. Both have the same number of bytes.
///
/// White space is Unicode's, with the four separators U+001C to U+001F that Python counts too. Folding is the simple one
/// of Unicode for ASCII, Latin, Greek, Cyrillic and Armenian letters of one or two bytes.
/// - Parameters:
///   - kept, folded: the caller's, for this call alone; with room for the text and two blocks more. They may not overlap.
/// - Returns: bytes written to each.
/// - Complexity: O(bytes), eight bytes at a time where they are ASCII without runs of white space.
@inline(__always)
func normalizeWhiteSpace(
  of text: Span<UInt8>, into kept: UnsafeMutablePointer<UInt8>, folded: UnsafeMutablePointer<UInt8>
) -> Int {
  unsafe text.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return 0 }
    return unsafe normalizeWhiteSpace(
      of: UnsafeRawPointer(base), count: buffer.count, into: kept, folded: folded)
  }
}

@inline(__always)
private func normalizeWhiteSpace(
  of raw: UnsafeRawPointer, count: Int, into kept: UnsafeMutablePointer<UInt8>,
  folded: UnsafeMutablePointer<UInt8>
) -> Int {
  var (index, written) = (0, 0)
  // As if white space came before the text: so that it is dropped where the text begins with some.
  var isAfterSpace = true
  while index < count {
    if index + normalizationBlock <= count {
      let block = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // Masks have bit 7 of each byte; they are right where all of the block is ASCII.
      let blanks = ~((block ^ eachByte(0x20)) &+ eachByte(0x7F)) & eachByte(0x80)
      let spaces = blanks | range(0x09, 0x0D, of: block) | range(0x1C, 0x1F, of: block)
      let isPlain =
        block & eachByte(0x80) == 0 && spaces & (spaces << 8) == 0 && !(isAfterSpace && spaces & 0x80 != 0)
      if isPlain {
        let whole = (spaces >> 7) &* 0xFF
        let block = (block & ~whole) | (eachByte(0x20) & whole)
        let capitals = range(0x41, 0x5A, of: block)
        unsafe UnsafeMutableRawPointer(kept + written).storeBytes(of: block.littleEndian, as: UInt64.self)
        unsafe UnsafeMutableRawPointer(folded + written).storeBytes(
          of: (block | capitals >> 2).littleEndian, as: UInt64.self)
        written += normalizationBlock
        index += normalizationBlock
        isAfterSpace = spaces >> 63 == 1
        continue
      }
    }
    let end = min(count, index + normalizationBlock)
    while index < end {
      let byte = unsafe raw.load(fromByteOffset: index, as: UInt8.self)
      if byte < 0x80 {
        index += 1
        let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte)
        unsafe kept[written] = isSpace ? 0x20 : byte
        unsafe folded[written] = isSpace ? 0x20 : (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        written += isSpace && isAfterSpace ? 0 : 1
        isAfterSpace = isSpace
        continue
      }
      // The text is UTF-8, so the bytes that the first one announces are there.
      let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      let second = unsafe raw.load(fromByteOffset: index + 1, as: UInt8.self)
      var isSpace = false
      if length == 2 {
        let scalar = UInt32(byte & 0x1F) << 6 | UInt32(second & 0x3F)
        isSpace = scalar == 0x85 || scalar == 0xA0
        let other = simpleFolding(scalar)
        unsafe folded[written] = UInt8(truncatingIfNeeded: 0xC0 | other >> 6)
        unsafe folded[written + 1] = UInt8(truncatingIfNeeded: 0x80 | other & 0x3F)
        unsafe kept[written] = byte
        unsafe kept[written + 1] = second
      } else {
        if length == 3 {
          let third = unsafe raw.load(fromByteOffset: index + 2, as: UInt8.self)
          isSpace = isWideSpace(UInt32(byte & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F))
        }
        for offset in 0..<length {
          let byte = unsafe raw.load(fromByteOffset: index + offset, as: UInt8.self)
          unsafe kept[written + offset] = byte
          unsafe folded[written + offset] = byte
        }
      }
      index += length
      if isSpace {
        unsafe kept[written] = 0x20
        unsafe folded[written] = 0x20
        written += isAfterSpace ? 0 : 1
      } else {
        written += length
      }
      isAfterSpace = isSpace
    }
  }
  return isAfterSpace && written > 0 ? written - 1 : written
}

@inline(__always)
private func eachByte(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

/// Bit 7 of each of eight ASCII bytes from `low` to `high`.
@inline(__always)
private func range(_ low: UInt64, _ high: UInt64, of block: UInt64) -> UInt64 {
  (block &+ eachByte(0x80 - low)) & ~(block &+ eachByte(0x7F - high)) & eachByte(0x80)
}

/// Unicode's white space of three bytes in UTF-8.
private func isWideSpace(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}

/// The simple case folding of letters that take two bytes in UTF-8 and whose folding does as well.
///
/// Source: Unicode's CaseFolding.txt, status C and S.
private func simpleFolding(_ scalar: UInt32) -> UInt32 {
  switch scalar {
  case 0xC0...0xD6, 0xD8...0xDE, 0x391...0x3A1, 0x3A3...0x3AB, 0x410...0x42F: scalar + 0x20
  case 0x100...0x12F, 0x132...0x137, 0x14A...0x177: scalar | 1
  case 0x139...0x148, 0x179...0x17E: scalar + (scalar & 1)
  case 0x178: 0xFF
  case 0x386: 0x3AC
  case 0x388...0x38A: scalar + 0x25
  case 0x38C: 0x3CC
  case 0x38E, 0x38F: scalar + 0x3F
  case 0x3C2: 0x3C3
  case 0x400...0x40F: scalar + 0x50
  case 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: scalar | 1
  case 0x4C0: 0x4CF
  case 0x4C1...0x4CE: scalar + (scalar & 1)
  case 0x531...0x556: scalar + 0x30
  default: scalar
  }
}
