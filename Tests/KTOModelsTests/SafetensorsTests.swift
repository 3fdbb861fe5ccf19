import Foundation
import KTOTestSupport
import Testing

@testable import KTOCore
@testable import KTOModels

struct SafetensorsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// A file with the given header text and data.
  private func file(_ header: String, data: [UInt8] = [], claimed: UInt64? = nil) throws -> String {
    let path = folder + "/\(UUID()).safetensors"
    let count = claimed ?? UInt64(header.utf8.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    try writeFile(path, prefix + Array(header.utf8) + data)
    return path
  }

  private func reason(_ path: String) -> TensorFileError.Reason? {
    do {
      _ = try SafetensorsFile(path: path)
      return nil
    } catch let error as TensorFileError {
      return error.reason
    } catch {
      return nil
    }
  }

  @Test func `tensors come back as they were written`() throws {
    let path = folder + "/model.safetensors"
    try writeSafetensors([("b", [2, 2], [1, 2, 3, 4]), ("a", [0], []), ("c", [], [5])], to: path)
    let weights = try ModelWeights(folder: folder)
    #expect(weights.names == ["a", "b", "c"])
    #expect(try weights.info("b").shape == [2, 2])
    #expect(try weights.read("b") == [1, 2, 3, 4])
    #expect(try weights.read("a") == [])
    #expect(try weights.read("c") == [5])
  }

  @Test func `the header has the layout that the format describes`() throws {
    let path = folder + "/model.safetensors"
    try writeSafetensors([("b", [1], [1]), ("a", [2], [2, 3])], to: path)
    let bytes = try readFile(path)
    let expected =
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
    let count = Int(bytes[0]) | Int(bytes[1]) << 8
    #expect(count % 8 == 0)
    let header = String(decoding: bytes[8..<8 + count], as: UTF8.self)
    #expect(header.trimmingCharacters(in: .whitespaces) == expected)
    #expect(bytes.count == 8 + count + 12)
  }

  @Test func `float16 and bfloat16 are read as float32`() throws {
    let header =
      #"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}"#
    let path = try file(header, data: [0x00, 0x3C, 0x00, 0xC2, 0x80, 0x3F, 0x40, 0xC0])
    let tensors = try SafetensorsFile(path: path)
    var values = [Float](repeating: 0, count: 2)
    var span = values.mutableSpan
    try tensors.read("h", into: &span)
    #expect(values == [1, -3])
    span = values.mutableSpan
    try tensors.read("b", into: &span)
    #expect(values == [1, -3])
  }

  @Test func `bfloat16 output is rounded`() throws {
    let path = folder + "/model.safetensors"
    try writeSafetensors([("a", [2], [1.00390625, 0.1])], to: path, as: .bfloat16)
    #expect(try ModelWeights(folder: folder).read("a") == [1, 0.10009765625])
  }

  @Test func `integers are listed but not read as floats`() throws {
    let path = try file(
      #"{"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, data: [0, 0, 0, 0, 0, 0, 0, 0])
    let tensors = try SafetensorsFile(path: path)
    var values: [Float] = [0]
    #expect(throws: TensorFileError(path, .unsupportedType(tensor: "n", type: "I64"))) {
      var span = values.mutableSpan
      try tensors.read("n", into: &span)
    }
    #expect(throws: TensorFileError(path, .missingTensor("m"))) { try tensors.info("m") }
  }

  @Test func `a header that claims more than the file or the limit is refused`() throws {
    #expect(reason(try file("{}", claimed: 3)) == .truncated(needed: 3, available: 2))
    #expect(
      reason(try file("{}", claimed: .max))
        == .headerTooLarge(byteCount: .max, limit: SafetensorsFile.headerByteLimit))
    let path = folder + "/short"
    try writeFile(path, [1, 2, 3] as [UInt8])
    #expect(reason(path) == .truncated(needed: 8, available: 3))
    try writeFile(folder + "/empty", [] as [UInt8])
    #expect(reason(folder + "/empty") == .truncated(needed: 8, available: 0))
  }

  @Test func `headers that are not an object of tensors are refused`() throws {
    #expect(reason(try file("[]")) == .notThisFormat(expected: "safetensors"))
    #expect(reason(try file(#"{"a":1}"#)) == .invalidField("a"))
    #expect(reason(try file(#"{"__metadata__":{"a":1}}"#)) == .invalidField("__metadata__.a"))
    let twice = #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{}}"#
    guard case .invalidJSON = reason(try file(twice)) else {
      Issue.record("a duplicate key was accepted")
      return
    }
  }

  @Test(
    arguments: [
      (#""dtype":"F99","shape":[1],"data_offsets":[0,4]"#, .unsupportedType(tensor: "a", type: "F99")),
      (#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#, .invalidField("a.shape")),
      (#""dtype":"F32","shape":[1.5],"data_offsets":[0,4]"#, .invalidField("a.shape")),
      (
        #""dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]"#,
        .outOfRange("a.shape")
      ),
      (
        #""dtype":"F32","shape":[4611686018427387904,8,0],"data_offsets":[0,0]"#, .outOfRange("a.shape")
      ),
      (
        #""dtype":"F32","shape":[2],"data_offsets":[0,4]"#,
        .wrongByteCount(tensor: "a", expected: 8, found: 4)
      ),
      (#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#, .outOfRange("a.data_offsets")),
      (#""dtype":"F32","shape":[1],"data_offsets":[4,8]"#, .outOfRange("a.data_offsets")),
      (#""dtype":"F32","shape":[1],"data_offsets":[0]"#, .invalidField("a.data_offsets")),
      (#""dtype":"F4","shape":[1],"data_offsets":[0,1]"#, .outOfRange("a.shape")),
      (#""dtype":"U8","shape":[2],"data_offsets":[0,2]"#, .outOfRange("the end of the last tensor")),
      (#""dtype":"U8","shape":[2],"data_offsets":[2,4]"#, .notContiguous(tensor: "a")),
    ] as [(String, TensorFileError.Reason)])
  func `a tensor whose fields do not agree with the file is refused`(
    fields: String, expected: TensorFileError.Reason
  ) throws {
    #expect(reason(try file("{\"a\":{\(fields)}}", data: [0, 0, 0, 0])) == expected)
  }

  @Test func `tensors that overlap are refused`() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#
    #expect(reason(try file(header, data: [0, 0, 0, 0])) == .notContiguous(tensor: "b"))
  }

  @Test func `a sharded model is read through its index`() throws {
    try writeSafetensors([("a", [1], [1])], to: folder + "/one.safetensors")
    try writeSafetensors([("b", [1], [2])], to: folder + "/two.safetensors")
    let index = #"{"metadata":{},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}"#
    try writeFile(folder + "/model.safetensors.index.json", Array(index.utf8))
    let weights = try ModelWeights(folder: folder)
    #expect(weights.names == ["a", "b"])
    #expect(try weights.read("b", shape: [1]) == [2])
    #expect(throws: TensorFileError.self) { try weights.read("b", shape: [1, 1]) }
  }

  @Test(arguments: ["../one.safetensors", "/etc/passwd", "..", "sub/one.safetensors", ""])
  func `an index that leads out of its folder is refused`(name: String) throws {
    let path = folder + "/model.safetensors.index.json"
    try writeFile(path, Array("{\"weight_map\":{\"a\":\"\(name)\"}}".utf8))
    #expect(throws: TensorFileError.self) { try ModelWeights(folder: folder) }
  }

  @Test func `an index that names a tensor its file lacks is refused`() throws {
    try writeSafetensors([("a", [1], [1])], to: folder + "/one.safetensors")
    let index = #"{"weight_map":{"z":"one.safetensors"}}"#
    try writeFile(folder + "/model.safetensors.index.json", Array(index.utf8))
    #expect(throws: TensorFileError(folder + "/one.safetensors", .missingTensor("z"))) {
      try ModelWeights(folder: folder)
    }
  }

  @Test func `a folder without weights says which file is missing`() throws {
    #expect {
      _ = try ModelWeights(folder: folder)
    } throws: { error in
      guard case FileError.cannotOpen(let path, _) = error else { return false }
      return path.hasSuffix("/model.safetensors")
    }
  }
}
