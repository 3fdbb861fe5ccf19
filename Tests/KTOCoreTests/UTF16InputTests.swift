import Testing

@testable import KTOCore

struct UTF16InputTests {
  private static let text = "{\"a\": \"é日\u{1F600}\u{10FFFF}\u{7FF}\u{800}\u{FFFF}\"}\r\n"

  private func utf16(_ units: some Sequence<UInt16>, _ order: UTF16ByteOrder) -> [UInt8] {
    ([0xFEFF] + Array(units)).flatMap { unit in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return order == .little ? [low, high] : [high, low]
    }
  }

  @Test(arguments: [UTF16ByteOrder.little, .big])
  func `UTF-16 with a byte-order mark becomes UTF-8, however it is split`(_ order: UTF16ByteOrder) throws {
    let raw = utf16(Self.text.utf16, order)
    for size in 1...raw.count {
      for limit in [1, 2, 3, 4, 5, size, 1000] {
        let reading = try Reading(raw, by: size, limit: limit)
        #expect(reading.text == Self.text && reading.error == nil)
        #expect(reading.encodings == [order.name] && reading.sha256 == SHA256.hash(raw))
      }
    }
  }

  @Test func `UTF-16 inside of compression is undone after it`() throws {
    let reading = try Reading(zstd(utf16(Self.text.utf16, .little)))
    #expect(reading.text == Self.text && reading.encodings == ["zstd", "utf-16le"])
  }

  @Test func `a byte-order mark alone is an empty text`() throws {
    #expect(try Reading([0xFE, 0xFF]).bytes == [] && Reading([0xFE, 0xFF]).error == nil)
  }

  @Test(
    arguments: [
      [0x61, 0xD800], [0x61, 0xD83D, 0x62], [0x61, 0xDE00, 0x62], [0x61, 0xD83D, 0xD83D, 0xDE00],
    ] as [[UInt16]])
  func `half of a surrogate pair is an error at its byte, after the text before it`(_ units: [UInt16]) throws
  {
    for size in 1...10 {
      let reading = try Reading(utf16(units, .big), by: size)
      #expect(reading.text == "a" && reading.error == .loneSurrogate(path: "in", byteOffset: 4))
    }
  }

  @Test func `an odd number of bytes is an error after the text before`() throws {
    let reading = try Reading(utf16("ab".utf16, .little) + [0x63])
    #expect(reading.text == "ab")
    #expect(reading.error == .truncated(path: "in", encoding: "utf-16le", decodedByteCount: 2))
  }
}
