internal import KTOCore

/// Finds the end of one JSON value by its brackets and strings alone.
struct JSONValueCutter {
  /// Why a value has no end. Offsets are indices of the input's buffer, nil being the input's end.
  struct Failure: Error {
    var reason: JSONSyntaxError.Reason
    var offset: Int?
    var recordStart: Int?
  }

  /// The index behind the value that begins at `start`: behind the bracket that closes it, or for a scalar at the next
  /// delimiter.
  /// - Parameter endsWithInput: whether the end of the input ends a scalar, too.
  func cut(_ input: InputBuffer, from start: Int, endsWithInput: Bool) throws -> Result<Int, Failure> {
    let first = input.bytes[start]
    let isContainer = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    let isString = first == UInt8(ascii: "\"")
    var scanner = BracketScanner()
    var index = start
    while true {
      if isContainer || isString {
        if let end = scanner.end(in: input.bytes, from: &index) { return .success(end) }
      } else {
        while index < input.bytes.count, !isDelimiter(input.bytes[index]) { index += 1 }
        if index == start, index < input.bytes.count {
          return .failure(Failure(reason: .syntax, offset: start, recordStart: nil))
        }
        if index < input.bytes.count { return .success(index) }
      }
      if index - start > InputBuffer.maxRecordByteCount {
        let limit = InputBuffer.maxRecordByteCount
        return .failure(Failure(reason: .tooLarge(limit: limit), offset: start, recordStart: start))
      }
      if try !input.fill() {
        if endsWithInput, !isContainer, !isString { return .success(index) }
        return .failure(Failure(reason: .truncated, offset: nil, recordStart: start))
      }
    }
  }

  private func isDelimiter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || isJSONSpace(byte)
  }
}

/// Follows brackets and strings, which is all that cutting needs.
struct BracketScanner {
  private(set) var depth = 0
  private(set) var isInString = false
  private var isEscaped = false

  /// Takes one byte; true where it closed a bracket.
  mutating func step(_ byte: UInt8) -> Bool {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return false
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return true
    default: break
    }
    return false
  }

  /// Goes on from `index` to the end of the value that the scanner is in.
  /// - Returns: the index behind the value; nil where the bytes end before, `index` being their count then.
  mutating func end(in bytes: [UInt8], from index: inout Int) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      while index < buffer.count {
        if isInString, !isEscaped {
          unsafe skipText(buffer, &index)
          if index == buffer.count { return nil }
        }
        let byte = unsafe buffer[index]
        index += 1
        let wasInString = isInString
        let closed = step(byte)
        if depth == 0, closed || wasInString && !isInString { return index }
      }
      return nil
    }
  }

  /// Passes over bytes of a string that neither end it nor escape anything, eight at a time.
  private func skipText(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    guard let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return }
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    while index + 8 <= bytes.count {
      let word = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      // A byte of the difference is zero where the byte is the one looked for; see Warren, Hacker's Delight, 6-1.
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let found = ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & highs
      if found != 0 {
        index += found.littleEndian.trailingZeroBitCount / 8
        return
      }
      index += 8
    }
    while index < bytes.count, unsafe bytes[index] != 0x22, unsafe bytes[index] != 0x5C { index += 1 }
  }
}
