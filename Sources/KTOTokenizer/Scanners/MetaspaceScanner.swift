internal import CTextKernels

/// How a model over U+2581, which stands for a blank, sees words.
struct MetaspaceWords: Sendable, Equatable {
  /// What is put before a text that is not empty, as its normalizers or its only pre-tokenizer do.
  enum Prefix: Sendable, Equatable {
    case none
    case always
    /// Before a text that begins with no mark.
    case unlessMarked
    /// As `unlessMarked`, and only where the input begins.
    case unlessMarkedAtStart
  }

  /// Whether blanks are still blanks, so that no stage before the model need run at all.
  var readsBlanks: Bool
  var prefix = Prefix.none
  /// Whether words are also cut elsewhere than before marks: not where unknown characters could be cut apart that
  /// the model makes one token of.
  var cutsClasses: Bool
  /// Which characters stand side by side in a token that a merge makes: elsewhere words may be cut.
  var joinedPairs: BytePairSet
}

/// Pairs of characters, by the last byte of the first and the first byte of the second; the mark is a blank.
///
/// A class, since it has 8,192 bytes and goes with every copy of a tokenizer.
final class BytePairSet: Sendable, Equatable {
  private let bits: [UInt64]

  /// The neighbours in what the merges of a model make.
  init(_ model: BPEModel) {
    var bits = [UInt64](repeating: 0, count: 1 << 10)
    var written: [UInt8] = []
    for id in model.merges.mergedIDs {
      guard let token = model.vocabulary[id] else { continue }
      written.removeAll(keepingCapacity: true)
      var index = token.startIndex
      while index < token.endIndex {
        let isMark = token[index...].starts(with: BPEModel.mark)
        let isFirst = token[index] & 0xC0 != 0x80
        let byte = isMark ? 0x20 : token[index]
        if isFirst, let last = written.last {
          bits[Int(last) << 2 | Int(byte >> 6)] |= 1 << UInt64(byte & 63)
        }
        written.append(byte)
        index += isMark ? 3 : 1
      }
    }
    self.bits = bits
  }

  static func == (left: BytePairSet, right: BytePairSet) -> Bool { left === right || left.bits == right.bits }

  /// Whether a merge may join what ends with one byte to what begins with another.
  @inline(__always)
  func contains(_ last: UInt8, _ first: UInt8) -> Bool {
    bits[Int(last) &<< 2 | Int(first &>> 6)] &>> UInt64(first & 63) & 1 != 0
  }
}

extension ScannedText {
  /// Cuts where the text goes over from letters, digits, white space or U+2581 (E2 96 81) to another of these or to
  /// something else, unless a merge may join the two characters.
  ///
  /// Exact, since what BPE joins across a border is a token that has the two characters side by side. O(bytes).
  mutating func cutAsMetaspace(_ words: MetaspaceWords) {
    var block = 0
    var carried: UInt64 = 0
    while block < end {
      let masks = masks(at: block)
      // Blanks and marks begin a word also behind one of their own class.
      var changes = masks.blank | masks.markLead
      if words.cutsClasses {
        let letters = masks.upper | masks.lower
        let others = ~(letters | masks.digit | masks.space)
        // A bit where a byte is in another class than the one before it.
        changes |= starts(letters, carried) | starts(masks.digit, carried &>> 1)
        changes |= starts(masks.space, carried &>> 2) | starts(others, carried &>> 3)
        carried = letters &>> 63
        carried |= (masks.digit &>> 63) &<< 1
        carried |= (masks.space &>> 63) &<< 2
        carried |= (others &>> 63) &<< 3
      }
      while changes != 0 {
        let position = block &+ changes.trailingZeroBitCount
        changes &= changes &- 1
        guard position > 0, position < end, byte(position) & 0xC0 != 0x80 else { continue }
        let first = isMark(position) ? 0x20 : byte(position)
        if !words.cutsClasses, first != 0x20 { continue }
        let last = position >= 3 && isMark(position &- 3) ? 0x20 : byte(position &- 1)
        if !words.joinedPairs.contains(last, first) { cut(at: position) }
      }
      block &+= 64
    }
    if end > 0 { cut(at: end) }
  }

  @inline(__always)
  private func starts(_ mask: UInt64, _ carried: UInt64) -> UInt64 { mask & ~(mask &<< 1 | carried & 1) }

  @inline(__always)
  private func isMark(_ position: Int) -> Bool {
    byte(position) == 0xE2 && position &+ 2 < end && byte(position &+ 1) == 0x96
      && byte(position &+ 2) == 0x81
  }

  private struct BlockMasks {
    var upper, lower, digit, space, blank, markLead: UInt64
  }

  /// The classes of 64 bytes; those behind the end are in none.
  @inline(__always)
  private func masks(at block: Int) -> BlockMasks {
    if end &- block >= 64 { return unsafe Self.masks(text + block) }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { padded in
      for offset in 0..<64 { unsafe padded[offset] = block + offset < end ? byte(block + offset) : 0 }
      return unsafe Self.masks(UnsafePointer(padded.baseAddress.unsafelyUnwrapped))
    }
  }

  @inline(__always)
  private static func masks(_ text: UnsafePointer<UInt8>) -> BlockMasks {
    let masks = unsafe kto_byte_masks_of(text)
    return unsafe BlockMasks(
      upper: masks.upper, lower: masks.lower, digit: masks.digit, space: masks.space,
      blank: masks.blank, markLead: kto_equal_mask(text, 0xE2))
  }
}
