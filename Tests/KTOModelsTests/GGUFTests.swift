import Foundation
import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOCore
@testable import KTOModels

/// The golden is made by Tests/Oracles/make_gguf_fixture.py with the `gguf` package.
struct GGUFTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("a.gguf") }
  private let fixtures: String

  init() throws {
    fixtures = try Fixtures.unpacked("gguf")
    folder = try TemporaryFolder()
  }

  private func reason(_ bytes: [UInt8]) throws -> TensorFileError.Reason? {
    try writeFile(path, bytes, force: true)
    do {
      _ = try GGUFFile(path: path)
      return nil
    } catch let error as TensorFileError {
      return error.reason
    }
  }

  private func reason(_ change: (inout GGUFBuilder) -> Void) throws -> TensorFileError.Reason? {
    var file = GGUFBuilder()
    file.pairs = [("k", .string("v"))]
    file.add("a", [2, 2], [1, 2, 3, 4])
    change(&file)
    return try reason(file.bytes)
  }

  @Test func `every type decodes bit for bit as the gguf package decodes it`() throws {
    let file = try GGUFFile(path: fixtures + "/types.gguf")
    let golden = try readFile(fixtures + "/types.f32")
    var parser = JSONParser()
    let description = try parser.parse(readFile(fixtures + "/types.json"))
    let expected = try #require(description["tensors"]?.array)
    #expect(file.tensors.count == expected.count)
    #expect(Set(file.tensors.map(\.format)) == Set(BlockFormat.allCases))
    for (tensor, node) in zip(file.tensors, expected) {
      #expect(tensor.name == node["name"]?.string)
      #expect(tensor.shape == node["shape"]?.array?.compactMap(\.int))
      var values = [Float](repeating: 0, count: tensor.elementCount)
      var span = values.mutableSpan
      file.read(tensor, into: &span)
      let first = try #require(node["first"]?.int)
      let bits = values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
      }
      #expect(bits == Array(golden[first * 4..<(first + values.count) * 4]), "\(tensor.name)")
    }
  }

  @Test func `metadata of every type is read`() throws {
    let metadata = try GGUFFile(path: fixtures + "/types.gguf").metadata
    #expect(metadata["fixture.uint8"] == .unsigned(250))
    #expect(metadata["fixture.int8"] == .signed(-100))
    #expect(metadata["fixture.int16"]?.int == -30000)
    #expect(metadata["fixture.uint64"] == .unsigned(.max))
    #expect(metadata["fixture.int64"] == .signed(.min))
    #expect(metadata["fixture.float32"] == .float32(0.5))
    #expect(metadata["fixture.float64"]?.double == 1e-300)
    #expect(metadata["fixture.bool"] == .bool(true))
    #expect(metadata["fixture.string"]?.string == "naïve 😀\n")
    #expect(metadata["fixture.strings"]?.strings == ["", "a", "Ġt", "é"])
    #expect(metadata["fixture.integers"]?.integers == [3, -1, 2])
    #expect(metadata["fixture.booleans"] == .array([.bool(true), .bool(false)]))
  }

  @Test func `part of a tensor is read from a block's beginning`() throws {
    let file = try GGUFFile(path: fixtures + "/types.gguf")
    let tensor = try #require(file.tensors.first { $0.format == .q4_1 })
    var whole = [Float](repeating: 0, count: tensor.elementCount)
    var span = whole.mutableSpan
    file.read(tensor, into: &span)
    var row = [Float](repeating: 0, count: 64)
    span = row.mutableSpan
    file.read(tensor, from: 64, into: &span)
    #expect(row == Array(whole[64..<128]))
  }

  @Test func `a file cut at any place is an error`() throws {
    let bytes = GGUFBuilder.tinyLlama().bytes
    var accepted: [Int] = []
    for count in stride(from: 0, to: bytes.count - 32, by: 7) where try reason(Array(bytes[..<count])) == nil
    {
      accepted.append(count)
    }
    #expect(accepted == [])
  }

  @Test func `a file with any one byte changed is read or refused`() throws {
    var file = GGUFBuilder()
    file.pairs = [("k", .strings(["v", "w"])), ("general.alignment", .uint32(32))]
    file.add("a", [2, 2], [1, 2, 3, 4])
    let bytes = file.bytes
    for index in bytes.indices {
      for value in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        _ = try reason(changed)
      }
    }
  }

  @Test func `another magic or version is refused`() throws {
    #expect(try reason([]) == .notThisFormat(expected: "GGUF"))
    #expect(try reason { $0.magic = Array("GGML".utf8) } == .notThisFormat(expected: "GGUF"))
    #expect(try reason { $0.version = 1 } == .unsupportedVersion("1"))
    #expect(try reason { $0.version = UInt32(3).byteSwapped } == .unsupportedVersion("3 (big-endian)"))
    #expect(try reason { $0.version = 2 } == nil)
  }

  @Test func `counts beyond what the file can hold are refused before memory is taken`() throws {
    #expect(try reason { $0.tensorCount = .max } == .outOfRange("the tensor count"))
    #expect(try reason { $0.pairCount = 1 << 40 } == .outOfRange("the metadata count"))
    let huge = GGUFBuilder().little(UInt64.max)
    #expect(
      try reason { $0.pairs = [("k", .raw(type: 8, huge))] } == .outOfRange("the length of k"))
    #expect(
      try reason { $0.pairs = [("k", .raw(type: 9, [4, 0, 0, 0] + huge))] } == .outOfRange("the length of k"))
  }

  @Test func `deep nesting and unknown types are refused`() throws {
    let nested = (0..<10).flatMap { _ in [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] as [UInt8] }
    #expect(try reason { $0.pairs = [("k", .raw(type: 9, nested))] } == .outOfRange("the nesting of k"))
    #expect(
      try reason { $0.pairs = [("k", .raw(type: 99, [0]))] }
        == .unsupportedType(tensor: "k", type: "metadata type 99"))
    #expect(try reason { $0.tensors[0].type = 10 } == .unsupportedType(tensor: "a", type: "Q2_K"))
    #expect(try reason { $0.tensors[0].type = 4 } == .unsupportedType(tensor: "a", type: "number 4"))
  }

  @Test func `keys, tensors and text that break the format are refused`() throws {
    #expect(try reason { $0.pairs += [("k", .bool(true))] } == .duplicateTensor("k"))
    #expect(try reason { $0.add("a", [1], [1]) } == .duplicateTensor("a"))
    #expect(try reason { $0.pairs = [("k", .raw(type: 7, [2]))] } == .invalidField("k"))
    let broken = GGUFBuilder().little(UInt64(1)) + [0xFF]
    #expect(try reason { $0.pairs = [("k", .raw(type: 8, broken))] } == .invalidField("k"))
    #expect(
      try reason { $0.pairs = [("general.alignment", .uint32(3))] } == .outOfRange("general.alignment"))
    #expect(
      try reason { $0.pairs = [("general.alignment", .uint32(0))] } == .outOfRange("general.alignment"))
  }

  @Test func `shapes and offsets that do not fit the file are refused`() throws {
    #expect(try reason { $0.tensors[0].dimensions = [1 << 63] } == .outOfRange("a.shape"))
    #expect(try reason { $0.tensors[0].dimensions = [1 << 40, 1 << 40] } == .outOfRange("a.shape"))
    #expect(try reason { $0.tensors[0].dimensions = [1 << 30] } == .outOfRange("the offset of a"))
    #expect(
      try reason { $0.tensors[0].dimensions = [1, 1, 1, 1, 1] } == .outOfRange("the dimension count of a"))
    #expect(try reason { $0.tensors[0].type = 2 } == .outOfRange("a.shape"))
    #expect(try reason { $0.tensors[0].offset = 32 } == .outOfRange("the offset of a"))
    #expect(try reason { $0.tensors[0].offset = 1 } == .outOfRange("the offset of a"))
    #expect(try reason { $0.tensors[0].offset = 1 << 62 } == .outOfRange("the offset of a"))
    #expect(
      try reason {
        $0.add("b", [1], [1])
        $0.tensors[1].offset = 0
      } == .notContiguous(tensor: "b"))
  }
}
