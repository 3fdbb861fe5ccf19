import Foundation
import KTOTestSupport
import Testing

@testable import KTOCore
@testable import KTOModels

struct NPZTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("a.npz") }

  init() throws { folder = try TemporaryFolder() }

  private let arrays: [(name: String, array: NPYArray)] = [
    ("model/q.lora_A", NPYArray(.float32([1, -2.5, 3, 4, 5, 6]), shape: [2, 3])),
    ("step", NPYArray(.int64([-7]), shape: [])),
    ("state", NPYArray(.uint64([.max, 0]))),
    ("text", NPYArray(text: "{\"a\":\"é\"}")),
    ("empty", NPYArray(.float32([]), shape: [0, 4])),
  ]

  private func reason(_ name: String, _ npy: [UInt8], byteLimit: Int = 1 << 20) -> TensorFileError.Reason? {
    do {
      try writeFile(path, storedZip(name: name, content: npy), force: true)
      let reader = try NPZReader(path: path, byteLimit: byteLimit)
      _ = try reader.read(reader.names[0])
      return nil
    } catch let error as TensorFileError {
      return error.reason
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  private func npy(_ dictionary: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
    let count = UInt16(dictionary.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(count & 255), UInt8(count >> 8)]
      + (version > 1 ? [0, 0] : []) + Array(dictionary.utf8) + data
  }

  @Test(arguments: [NPZCompression.stored, .deflated])
  func `arrays come back as they were written`(compression: NPZCompression) throws {
    try writeNPZ(arrays, to: path, compression: compression)
    let reader = try NPZReader(path: path)
    #expect(reader.names == arrays.map { $0.name })
    for (name, array) in arrays { #expect(try reader.read(name) == array) }
    #expect(try reader.read("text").text == "{\"a\":\"é\"}")
    #expect(throws: TensorFileError(path, .missingTensor("x"))) { try reader.read("x") }
  }

  @Test func `the same arrays give the same bytes`() throws {
    try writeNPZ(arrays, to: path)
    try writeNPZ(arrays, to: path + "2")
    #expect(try readFile(path) == readFile(path + "2"))
  }

  @Test func `nothing but the archive is left behind`() throws {
    try writeNPZ(arrays, to: path)
    #expect(try folder.names == ["a.npz"])
  }

  @Test func `an existing file is replaced only by force`() throws {
    try writeNPZ(arrays, to: path)
    #expect(throws: FileError.exists(path: path)) { try writeNPZ(arrays, to: path) }
    try writeNPZ([arrays[1]], to: path, force: true)
    #expect(try NPZReader(path: path).names == ["step"])
  }

  @Test func `a name that comes twice is refused`() {
    #expect(throws: TensorFileError(path, .duplicateTensor("step"))) {
      try writeNPZ([arrays[1], arrays[1]], to: path)
    }
  }

  @Test func `the header is numpy's own to the byte`() {
    let header = NPYHeader(descriptor: "<f4", shape: [3]).bytes
    #expect(header.count == 128)
    #expect(
      String(decoding: header[10...], as: UTF8.self)
        .hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }  "))
    #expect(header.last == 0x0A)
    #expect(
      String(decoding: NPYHeader(descriptor: "<i8", shape: []).bytes[10...], as: UTF8.self).contains(
        "'shape': (), }"))
    #expect(
      String(decoding: NPYHeader(descriptor: "<i8", shape: [2, 3]).bytes[10...], as: UTF8.self)
        .contains("'shape': (2, 3), }"))
  }

  @Test func `a member written by other hands is read`() throws {
    let plain = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,)}\n"
    #expect(reason("a.npy", npy(plain, data: [1, 0, 0, 0, 2, 0, 0, 0])) == nil)
    #expect(reason("a.npy", npy(plain, version: 2, data: [1, 0, 0, 0, 2, 0, 0, 0])) == nil)
    #expect(try NPZReader(path: path).read("a") == NPYArray(.int32([1, 2])))
  }

  @Test func `what numpy writes is read`() throws {
    try writeFile(path, #require(Data(base64Encoded: numpyStored)))
    let stored = try NPZReader(path: path)
    #expect(try stored.read("a") == NPYArray(.float32([0, 1, 2])))
    #expect(try stored.read("n") == NPYArray(.int64([-4]), shape: []))
    try writeFile(path, #require(Data(base64Encoded: numpyDeflated)), force: true)
    let deflated = try NPZReader(path: path)
    #expect(deflated.names == ["a", "n", "t"])
    #expect(try deflated.read("a") == NPYArray(.float32([1.5, -2, 0, 4]), shape: [2, 2]))
    #expect(try deflated.read("n").uint64 == [7, 8])
    #expect(try deflated.read("t").text == "{}")
  }

  @Test(
    arguments: [
      ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", .unsupportedType(tensor: "a", type: "|O")),
      ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", .unsupportedType(tensor: "a", type: ">f4")),
      ("{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}", .unsupportedType(tensor: "a", type: "<U4")),
      ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", .invalidField("descr")),
      ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", .invalidField("fortran_order")),
      ("{'descr': '<f4', 'fortran_order': False}", .invalidField("shape")),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", .invalidField("shape")),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", .invalidField("shape")),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", .outOfRange("a.shape")),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)}",
        .wrongByteCount(tensor: "a", expected: 4_000_000_000, found: 4)
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': ()} ()",
        .invalidField("the end of the .npy header")
      ),
      ("{'descr': '<f4', 'x': False, 'shape': ()}", .invalidField("x")),
      ("__import__('os')", .invalidField("{ in the .npy header")),
    ] as [(String, TensorFileError.Reason)])
  func `a header that is not plain numbers, row-major and little-endian, is refused`(
    dictionary: String, expected: TensorFileError.Reason
  ) {
    #expect(reason("a.npy", npy(dictionary, data: [0, 0, 0, 0])) == expected)
  }

  @Test func `members that are no arrays are refused`() {
    #expect(reason("a.txt", Array("hello".utf8)) == .invalidField("a.txt"))
    #expect(reason("a.npy", Array("hello".utf8)) == .truncated(needed: 8, available: 5))
    #expect(reason("a.npy", Array("hello, you there".utf8)) == .notThisFormat(expected: "npy"))
    #expect(reason("a.npy", npy("{}", version: 9)) == .unsupportedVersion("9.0"))
  }

  @Test func `sizes beyond the limit are refused before memory is taken`() {
    let one = npy(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (9,)}", data: [UInt8](repeating: 0, count: 9))
    #expect(reason("a.npy", one, byteLimit: 40) == .outOfRange("the size of a"))
  }

  @Test func `a damaged or cut archive is an error`() throws {
    try writeNPZ(arrays, to: path)
    let whole = try readFile(path)
    for count in [0, 1, 40, whole.count / 2, whole.count - 1] {
      try writeFile(path, Array(whole[..<count]), force: true)
      #expect(throws: TensorFileError.self) { _ = try NPZReader(path: path) }
    }
    var damaged = whole
    let float = try #require(whole.firstRange(of: [0, 0, 0x20, 0xC0] as [UInt8]))
    damaged[float.lowerBound] ^= 1
    try writeFile(path, damaged, force: true)
    let reader = try NPZReader(path: path)
    #expect(throws: TensorFileError.self) { try reader.read("model/q.lora_A") }
  }

  @Test func `a missing file and a folder say so`() {
    #expect(throws: FileError.self) { _ = try NPZReader(path: path + "/none") }
    #expect(throws: FileError.self) { _ = try NPZReader(path: "/") }
  }
}

/// A zip archive of one stored member, made without the library under test. Source: PKWARE's APPNOTE.
private func storedZip(name: String, content: [UInt8]) -> [UInt8] {
  func word(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var crc: UInt32 = .max
  for byte in content {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  let shared =
    word(20, 2) + word(0, 2) + word(0, 2) + word(0, 2) + word(0x21, 2) + word(Int(~crc), 4)
    + word(content.count, 4) + word(content.count, 4) + word(name.utf8.count, 2) + word(0, 2)
  let local = word(0x0403_4B50, 4) + shared + Array(name.utf8) + content
  let central =
    word(0x0201_4B50, 4) + word(20, 2) + shared + word(0, 2) + word(0, 2) + word(0, 2) + word(0, 4)
    + word(0, 4)
    + Array(name.utf8)
  let end =
    word(0x0605_4B50, 4) + word(0, 2) + word(0, 2) + word(1, 2) + word(1, 2) + word(central.count, 4)
    + word(local.count, 4) + word(0, 2)
  return local + central + end
}

/// Made by numpy 2.4.6: `np.savez(path, a=np.arange(3, dtype="f4"), n=np.int64(-4))`.
private let numpyStored =
  "UEsDBC0AAAAAAAAAIQC2jIZT//////////8FABQAYS5ucHkBABAAjAAAAAAAAACMAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2Ny"
  + "JzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgzLCksIH0gICAgICAgICAgICAgICAgICAgICAg"
  + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAUEsDBC0AAAAAAAAAIQCsttys////"
  + "//////8FABQAbi5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxpOCcsICdmb3J0cmFuX29y"
  + "ZGVyJzogRmFsc2UsICdzaGFwZSc6ICgpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
  + "ICAgICAgICAgICAgICAgICAK/P////////9QSwECLQMtAAAAAAAAACEAtoyGU4wAAACMAAAABQAAAAAAAAAAAAAAgAEAAAAA"
  + "YS5ucHlQSwECLQMtAAAAAAAAACEArLbcrIgAAACIAAAABQAAAAAAAAAAAAAAgAHDAAAAbi5ucHlQSwUGAAAAAAIAAgBmAAAA"
  + "ggEAAAAA"

/// Made by numpy 2.4.6: `np.savez_compressed(path, a=np.array([[1.5, -2], [0, 4]], dtype="f4"),
/// n=np.array([7, 8], dtype="u8"), t=np.frombuffer(b"{}", dtype="u1"))`.
private let numpyDeflated =
  "UEsDBC0AAAAIAAAAIQDVXmcF//////////8FABQAYS5ucHkBABAAkAAAAAAAAABRAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxc"
  + "pG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLgaGA/YMQIIBDBocAFBLAwQtAAAA"
  + "CAAAACEAgRhcgf//////////BQAUAG4ubnB5AQAQAJAAAAAAAAAASgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuU2qh"
  + "rqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAudgYI4IDSAFBLAwQtAAAACAAAACEAs/8PSv//////"
  + "////BQAUAHQubnB5AQAQAIIAAAAAAAAARgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SS"
  + "ChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACu6loAUEsBAi0DLQAAAAgAAAAhANVeZwVRAAAAkAAAAAUAAAAAAAAAAAAAAIAB"
  + "AAAAAGEubnB5UEsBAi0DLQAAAAgAAAAhAIEYXIFKAAAAkAAAAAUAAAAAAAAAAAAAAIABiAAAAG4ubnB5UEsBAi0DLQAAAAgA"
  + "AAAhALP/D0pGAAAAggAAAAUAAAAAAAAAAAAAAIABCQEAAHQubnB5UEsFBgAAAAADAAMAmQAAAIYBAAAAAA=="
