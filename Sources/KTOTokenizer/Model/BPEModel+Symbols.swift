/// The symbols of a pre-token and how many of its bytes each stands for.
struct SymbolList: ~Copyable {
  private(set) var ids = GrowingBuffer<UInt32>()
  private(set) var byteCounts = GrowingBuffer<Int32>()

  mutating func removeAll() {
    ids.count = 0
    byteCounts.count = 0
  }

  mutating func append(_ id: UInt32, _ byteCount: Int) {
    ids.append(id)
    byteCounts.append(Int32(truncatingIfNeeded: byteCount))
  }
}

extension BPEModel {
  /// Fills a list with a pre-token's symbols, which are valid UTF-8 unless the alphabet is of bytes.
  ///
  /// As in the reference, a pending unknown token is not written before the bytes that another symbol falls back to.
  func symbols(of piece: UnsafeBufferPointer<UInt8>, into list: inout SymbolList) {
    list.removeAll()
    var unknown: (id: UInt32, byteCount: Int)?
    var position = 0
    while position < piece.count {
      let width = unsafe alphabet == .scalars ? min(utf8Width(piece[position]), piece.count - position) : 1
      let symbol = unsafe UnsafeBufferPointer(rebasing: piece[position..<position + width])
      let isLast = position + width == piece.count
      let isDecorated =
        (position > 0 && !options.continuingPrefix.isEmpty) || (isLast && !options.endSuffix.isEmpty)
      let written = isDecorated ? unsafe decorated(symbol, isFirst: position == 0, isLast: isLast) : nil
      let id: UInt32
      if let written {
        id = vocabulary.find(written.span) ?? SymbolTable.absent
      } else {
        id = unsafe plain(symbol)
      }
      if id != SymbolTable.absent {
        if let pending = unknown {
          list.append(pending.id, pending.byteCount)
          unknown = nil
        }
        list.append(id, width)
      } else if options.fallsBackToBytes, unsafe appendBytes(of: symbol, written, width, to: &list) {
        // Written with the tokens of its bytes.
      } else if let unknownID = options.unknownID {
        if let pending = unknown, !options.fusesUnknown { list.append(pending.id, pending.byteCount) }
        let fused = options.fusesUnknown ? unknown?.byteCount ?? 0 : 0
        unknown = (unknownID, fused + width)
      }
      position += width
    }
    if let unknown { list.append(unknown.id, unknown.byteCount) }
  }

  @inline(__always)
  private func plain(_ symbol: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard alphabet == .scalars else { return unsafe symbols.bytes[Int(symbol[0])] }
    return unsafe symbols.character(symbol, in: vocabulary)
  }

  /// A symbol as the vocabulary writes it.
  private func written(_ symbol: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    guard alphabet == .byteLevel else { return unsafe Array(symbol) }
    return unsafe symbol.flatMap { Array(String(Character(ByteLevelAlphabet.scalars[Int($0)])).utf8) }
  }

  private func decorated(_ symbol: UnsafeBufferPointer<UInt8>, isFirst: Bool, isLast: Bool) -> [UInt8] {
    unsafe (isFirst ? [] : options.continuingPrefix) + written(symbol) + (isLast ? options.endSuffix : [])
  }

  /// Appends the tokens of a symbol's bytes, unless the vocabulary lacks one.
  private func appendBytes(
    of symbol: UnsafeBufferPointer<UInt8>, _ written: [UInt8]?, _ width: Int, to list: inout SymbolList
  ) -> Bool {
    func append(_ bytes: some Sequence<UInt8>) -> Bool {
      if bytes.contains(where: { symbols.fallbackBytes[Int($0)] == SymbolTable.absent }) { return false }
      for byte in bytes {
        list.append(symbols.fallbackBytes[Int(byte)], alphabet == .scalars ? 1 : width)
      }
      return true
    }
    if let written { return append(written) }
    return unsafe alphabet == .byteLevel ? append(self.written(symbol)) : append(symbol)
  }
}

/// How many bytes the character has that begins with this byte of valid UTF-8.
@inline(__always)
func utf8Width(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
