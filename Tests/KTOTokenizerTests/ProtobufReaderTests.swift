import Testing

@testable import KTOTokenizer

struct ProtobufReaderTests {
  private func fields(_ bytes: [UInt8]) throws -> [(number: Int, value: ProtobufReader.Value)] {
    var reader = ProtobufReader(bytes, bytes.indices)
    var fields: [(number: Int, value: ProtobufReader.Value)] = []
    while let field = try reader.next() { fields.append(field) }
    return fields
  }

  @Test func `fields of every type are read`() throws {
    let bytes: [UInt8] = [
      0x08, 0x96, 0x01, 0x11, 1, 0, 0, 0, 0, 0, 0, 0x80, 0x1A, 2, 7, 8, 0x25, 0, 0, 0x80, 0x3F,
    ]
    let found = try fields(bytes)
    #expect(found.map(\.number) == [1, 2, 3, 4])
    #expect(
      found.map(\.value) == [
        .varint(150), .fixed64(0x8000_0000_0000_0001), .bytes(14..<16), .fixed32(0x3F80_0000),
      ])
  }

  @Test func `a number of 64 bits is whole`() throws {
    let bytes: [UInt8] = [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
    #expect(try fields(bytes).first?.value == .varint(.max))
  }

  @Test(
    arguments: [
      [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0xFF, count: 10), [0x1A, 3, 1, 2], [0x25, 0, 0, 0],
      [0x11, 0, 0, 0, 0, 0, 0, 0], [0x0B], [0x00, 0x00], [0x0F],
      [0x1A] + [UInt8](repeating: 0xFF, count: 9) + [0x01],
      [0x80, 0x80, 0x80, 0x80, 0x10, 0],
    ] as [[UInt8]])
  func `what is cut off or no field is an error`(_ bytes: [UInt8]) {
    #expect(throws: TokenizerError.self) { try fields(bytes) }
  }

  @Test func `a message inside another ends with it`() throws {
    let bytes: [UInt8] = [0x0A, 2, 0x08, 1, 0x08, 2]
    var reader = ProtobufReader(bytes, 2..<4)
    #expect(try reader.next()?.value == .varint(1))
    #expect(try reader.next() == nil)
  }
}
