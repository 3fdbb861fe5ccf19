import Foundation
import Testing

@testable import KTOCore

struct CompressedInputTests {
  private static let short = Array("{\"prompt\": \"é\"}\n{\"prompt\": \"b\"}\n".utf8)
  /// Larger than a piece, and not all alike.
  private static let long = (0..<30_000).flatMap { Array("row \($0 &* 2_654_435_761 % 99_991)\n".utf8) }

  @Test func `every encoding of the list is tested`() {
    #expect(decompressors.map { $0.name } == Compressor.all.map(\.name))
    #expect(Set(decompressors.map { $0.name }).count == decompressors.count)
  }

  @Test(arguments: Compressor.all)
  func `what was compressed is given as it was`(_ compressor: Compressor) throws {
    for text in [[], Self.short, Self.long] {
      let raw = compressor.compress(text)
      let reading = try Reading(raw)
      #expect(reading.error == nil)
      let isSame = reading.bytes == text
      #expect(isSame && reading.encodings == [compressor.name])
      #expect(reading.sha256 == SHA256.hash(raw) && reading.rawByteCount == raw.count)
    }
  }

  @Test(arguments: Compressor.all)
  func `pieces of any size give the same bytes`(_ compressor: Compressor) throws {
    let raw = compressor.compress(Self.short)
    for size in 1...raw.count {
      #expect(try Reading(raw, by: size).bytes == Self.short)
      #expect(try Reading(raw, limit: size).bytes == Self.short)
    }
  }

  @Test(arguments: Compressor.all)
  func `members one after the other give their texts one after the other`(_ compressor: Compressor) throws {
    let raw = compressor.compress(Self.short) + compressor.compress([]) + compressor.compress(Self.long)
    for size in [1000, .max] {
      let reading = try Reading(raw, by: size)
      let isSame = reading.bytes == Self.short + Self.long
      #expect(isSame && reading.error == nil)
    }
  }

  @Test(arguments: Compressor.all)
  func `a file cut off anywhere gives what came before and an error`(_ compressor: Compressor) throws {
    let raw = compressor.compress(Self.short)
    for count in 10..<raw.count {
      let reading = try Reading(Array(raw.prefix(count)), by: 7)
      #expect(Self.short.starts(with: reading.bytes))
      #expect(
        reading.error
          == .truncated(path: "in", encoding: compressor.name, decodedByteCount: reading.bytes.count))
      #expect(reading.encodings == [compressor.name])
    }
  }

  @Test(arguments: Compressor.all)
  func `a damaged file gives what came before and an error that counts it`(_ compressor: Compressor) throws {
    var raw = compressor.compress(Self.short) + compressor.compress(Self.long)
    raw[raw.count - 3] ^= 0x55
    let reading = try Reading(raw)
    guard case .damaged("in", compressor.name, let count, let reason) = reading.error else {
      Issue.record("\(String(describing: reading.error))")
      return
    }
    #expect(count == Self.short.count + Self.long.count && !reason.isEmpty)
    let isWhole = reading.bytes == Self.short + Self.long
    #expect(isWhole)
  }

  @Test(arguments: Compressor.all)
  func `damage in the middle leaves most of what comes before it`(_ compressor: Compressor) throws {
    var generator = SeededGenerator(seed: 1)
    let text = (0..<60_000).flatMap { _ in Array(String(generator.next(), radix: 16).utf8) }
    var raw = compressor.compress(text)
    raw[raw.count / 2] ^= 0xFF
    let reading = try Reading(raw)
    #expect(reading.error != nil)
    #expect(zip(text, reading.bytes).prefix { $0 == $1 }.count > 350_000)
  }

  @Test(arguments: Compressor.all)
  func `any single byte may be wrong without a crash or a hang`(_ compressor: Compressor) throws {
    let raw = compressor.compress(Self.short)
    for place in raw.indices {
      for mask: UInt8 in [1, 0x10, 0x80, 0xFF] {
        var wrong = raw
        wrong[place] ^= mask
        #expect(try Reading(wrong).bytes.count < 1 << 16)
      }
    }
  }

  @Test(arguments: Compressor.all)
  func `what follows the data and is not compressed is an error`(_ compressor: Compressor) throws {
    for tail in ["\n", "more text", "\u{1F}"] {
      let reading = try Reading(compressor.compress(Self.short) + Array(tail.utf8))
      #expect(
        reading.error
          == .trailingBytes(path: "in", encoding: compressor.name, decodedByteCount: Self.short.count))
      #expect(reading.bytes == Self.short)
    }
  }

  @Test func `zeros may follow gzip data`() throws {
    let zeros = [UInt8](repeating: 0, count: 1 << 19)
    #expect(try Reading(gzip(Self.short) + zeros).error == nil)
    #expect(try Reading(gzip(Self.short) + zeros.prefix(3), by: 1).error == nil)
    #expect(try Reading(gzip(Self.short) + zeros + [1]).error != nil)
    #expect(try Reading(zstd(Self.short) + zeros).error != nil)
  }

  @Test func `zeros may follow xz data by fours`() throws {
    #expect(try Reading(xz(Self.short) + [0, 0, 0, 0] + xz(Self.short)).bytes == Self.short + Self.short)
    #expect(try Reading(xz(Self.short) + [0, 0, 0]).error != nil)
  }

  @Test func `skippable zstd frames are skipped`() throws {
    let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let reading = try Reading(skippable + zstd(Self.short) + skippable + zstd(Self.short), by: 5)
    #expect(reading.bytes == Self.short + Self.short && reading.error == nil)
  }

  @Test func `a zstd frame that asks for a window above 128 MiB is refused`() throws {
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 18 << 3, 0x01, 0, 0]
    #expect(
      try Reading(frame).error == .takesTooMuchMemory(path: "in", encoding: "zstd", limitByteCount: 128 << 20)
    )
  }

  @Test func `an xz stream with a dictionary above 256 MiB is refused`() throws {
    // Python's lzma.compress(b"a line\n"), with the dictionary of a gibibyte.
    let base64 = """
      /Td6WFoAAATm1rRGAgAhASQAAABeH8f5AQAGYSBsaW5lCgAADRO4K2U+CFIAAR8HFi64cx+2830BAAAAAARZWg==
      """
    let raw = try [UInt8](#require(Data(base64Encoded: base64)))
    #expect(
      try Reading(raw).error == .takesTooMuchMemory(path: "in", encoding: "xz", limitByteCount: 256 << 20))
  }

  @Test func `layers are undone from the outermost`() throws {
    let reading = try Reading(zstd(gzip(Self.short)))
    #expect(reading.bytes == Self.short && reading.encodings == ["zstd", "gzip"])
    let deep = (0..<5).reduce(Self.short) { bytes, _ in gzip(bytes) }
    #expect(try Reading(deep).error == .tooManyLayers(path: "in", limit: 4))
  }

  @Test func `an error of the file comes after what was read before it`() throws {
    let failure = FileError.cannotRead(path: "in", reason: "the disk is broken")
    let source = try InputSource(PiecesSource(gzip(Self.short), failure: failure), named: "in")
    #expect(try source.read(upTo: 1 << 16) == Self.short)
    #expect(throws: failure) { try source.read(upTo: 1 << 16) }
  }

  @Test func `text that begins like a magic number is text`() throws {
    for text in ["", "B", "BZh", "BZh9 is a text", "PK", "P", "(", "\u{1F}", "7z"] {
      let reading = try Reading(Array(text.utf8))
      #expect(reading.text == text && reading.error == nil && reading.encodings == [])
    }
  }
}
