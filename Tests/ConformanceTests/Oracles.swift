import KTOModels
import Foundation
import KTOCore
import KTOKernels
import Testing

@testable import KTOTrain

/// What peers computed, in the folder that the environment variable KTO_CONFORMANCE names:
/// `Tests/Oracles/conformance/20-numbers.sh` fills it, and `Tests/Oracles/README.md` lists what lies where.
enum Oracles {
  static let folder = ProcessInfo.processInfo.environment["KTO_CONFORMANCE"]

  /// The path of something in the folder.
  static func path(_ name: String) throws -> String { try #require(folder) + "/" + name }

  static func has(_ name: String) -> Bool {
    folder.map { FileManager.default.fileExists(atPath: "\($0)/\(name)") } ?? false
  }

  static var model: CausalLM {
    get throws {
      let threads = ProcessInfo.processInfo.activeProcessorCount
      return try CausalLM(folder: path("smollm2"), context: ComputeContext(threadCount: threads))
    }
  }

  static func json(_ name: String) throws -> JSONNode {
    var parser = JSONParser()
    return try parser.parse(readFile(path(name)))
  }

  /// The values of a JSONL file.
  static func lines(_ name: String) throws -> [JSONNode] {
    var parser = JSONParser()
    return try readFile(path(name)).split(separator: 0x0A).map { try parser.parse($0) }
  }

  /// Goes through the values of a JSONL file that is too large to hold.
  static func forEachLine(_ name: String, _ body: (JSONNode) throws -> Void) throws {
    var parser = JSONParser()
    for line in try readFile(path(name)).split(separator: 0x0A) { try body(try parser.parse(line)) }
  }

  /// A two-dimensional float32 array in C order, as `numpy.save` writes it.
  static func array(_ name: String) throws -> Matrix {
    let bytes = try Data(contentsOf: URL(filePath: path(name)))
    // Magic and version, u16 count, and that many bytes of a Python dictionary; then the numbers.
    try #require(bytes.count > 10 && bytes[..<8] == Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0]))
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    try #require(header.contains("'descr': '<f4', 'fortran_order': False, 'shape': ("))
    let shape = header.split(separator: "(").last?.prefix { $0 != ")" }.split(separator: ",") ?? []
    let sizes = shape.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    try #require(sizes.count == 2 && bytes.count - start == 4 * sizes[0] * sizes[1])
    let values = unsafe [Float](unsafeUninitializedCapacity: sizes[0] * sizes[1]) { buffer, count in
      count = unsafe bytes.copyBytes(to: buffer, from: start...) / 4
    }
    return Matrix(values, rows: sizes[0], columns: sizes[1])
  }

  static func tensor(_ name: String, of file: SafetensorsFile) throws -> [Float] {
    var values = [Float](repeating: 0, count: try file.info(name).elementCount)
    var span = values.mutableSpan
    try file.read(name, into: &span)
    return values
  }

  /// Says a measured figure, so that it stands in the log of the run.
  static func report(_ what: String) { print("measured: \(what)") }
}

extension JSONNode {
  var tokens: [UInt32] { (array ?? []).compactMap { $0.int.flatMap(UInt32.init(exactly:)) } }
}

/// ‖a − b‖ and ‖b‖, in double precision.
struct Distance {
  private(set) var squaredDifference = 0.0
  private(set) var squaredNorm = 0.0

  init() {}

  init(_ ours: [Float], from theirs: [Float]) {
    for (a, b) in zip(ours, theirs) {
      squaredDifference += (Double(a) - Double(b)) * (Double(a) - Double(b))
      squaredNorm += Double(b) * Double(b)
    }
  }

  /// ‖a − b‖ / ‖b‖
  var relative: Double { (squaredDifference / squaredNorm).squareRoot() }

  static func + (a: Distance, b: Distance) -> Distance {
    var sum = a
    sum.squaredDifference += b.squaredDifference
    sum.squaredNorm += b.squaredNorm
    return sum
  }
}

/// Comparisons with peers, one at a time: they take gigabytes and every core.
@Suite(.serialized, .enabled(if: Oracles.has("smollm2"))) enum Conformance {}
