internal import KTOCore
internal import KTOKernels

/// Writes a safetensors file from front to back, so that memory need not hold even one whole tensor.
///
/// The same tensors give the same bytes: `__metadata__` and its keys sorted first, then tensors by falling element
/// size and by name (which keeps every tensor aligned), the header padded with spaces to 8 bytes.
package struct SafetensorsWriter: ~Copyable {
  /// A tensor that is to be written.
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var type: TensorType
    package var shape: [Int]

    package init(name: String, type: TensorType, shape: [Int]) {
      self.name = name
      self.type = type
      self.shape = shape
    }
  }

  /// The entries in the order in which `write` expects their elements; those without elements need no call.
  package let order: [Entry]
  private let path: String
  private let byteCounts: [Int]
  private var file: AtomicFile
  private var position = 0
  private var writtenByteCount = 0

  /// Begins the file and writes its header.
  ///
  /// - Throws: `FileError`; `TensorFileError` for a name that comes twice or a size out of range.
  package init(
    path: String, entries: [Entry], metadata: [String: String] = ["format": "pt"], force: Bool = false
  ) throws {
    let layout = try SafetensorsLayout(path: path, entries: entries, metadata: metadata)
    var file = try AtomicFile(path: path, force: force)
    try file.write((0..<8).map { UInt8(truncatingIfNeeded: layout.header.count >> ($0 * 8)) })
    try file.write(layout.header)
    self.file = file
    self.path = path
    order = layout.order
    byteCounts = layout.byteCounts
    skipFinished()
  }

  /// The tensor that the next elements belong to; nil when all are written.
  package var current: Entry? { position < order.count ? order[position] : nil }

  /// Appends elements of the current tensor, row-major and little-endian: all of them, or some and the others later.
  ///
  /// - Throws: `FileError`; `TensorFileError` with `.wrongByteCount` when they are more than the tensor still lacks.
  package mutating func write(_ bytes: RawSpan) throws {
    let missing = position < order.count ? byteCounts[position] - writtenByteCount : 0
    guard bytes.byteCount <= missing else {
      throw TensorFileError(
        path,
        .wrongByteCount(
          tensor: current?.name ?? "the end", expected: missing, found: bytes.byteCount))
    }
    var start = 0
    while start < bytes.byteCount {
      let end = min(start + 1 << 20, bytes.byteCount)
      try unsafe bytes.extracting(start..<end).withUnsafeBytes { try unsafe file.write($0) }
      start = end
    }
    writtenByteCount += bytes.byteCount
    skipFinished()
  }

  /// Appends float32 elements to the current tensor, whose type is F32 or BF16 (rounded to the nearest, ties to even).
  package mutating func write(_ values: Span<Float>) throws {
    switch current?.type {
    case .bfloat16:
      var halves = [UInt16](repeating: 0, count: values.count)
      var output = halves.mutableSpan
      encodeBFloat16(values, into: &output)
      try unsafe write(halves.span.bytes)
    case .float32, nil: try unsafe write(values.bytes)
    case let type?:
      throw TensorFileError(path, .unsupportedType(tensor: current?.name ?? "", type: type.rawValue))
    }
  }

  private mutating func skipFinished() {
    while position < order.count, writtenByteCount == byteCounts[position] {
      position += 1
      writtenByteCount = 0
    }
  }

  /// Gives the file its name. Call once, after every tensor.
  /// - Throws: `FileError`; `TensorFileError` with `.wrongByteCount` when elements are missing.
  package mutating func commit() throws {
    if let current {
      throw TensorFileError(
        path,
        .wrongByteCount(tensor: current.name, expected: byteCounts[position], found: writtenByteCount))
    }
    try file.commit()
  }
}

/// Where everything goes, decided before the first byte is written.
private struct SafetensorsLayout {
  var order: [SafetensorsWriter.Entry]
  var byteCounts: [Int]
  var header: [UInt8]

  init(path: String, entries: [SafetensorsWriter.Entry], metadata: [String: String]) throws {
    let order = entries.sorted {
      $0.type.bitCount != $1.type.bitCount
        ? $0.type.bitCount > $1.type.bitCount : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    var members: [JSONObject.Member] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let object = JSONObject(pairs.map { member($0.key, .string($0.value)) })
      members.append(member("__metadata__", .object(object)))
    }
    var end = 0
    var byteCounts: [Int] = []
    var names: Set<String> = ["__metadata__"]
    for entry in order {
      guard names.insert(entry.name).inserted else {
        throw TensorFileError(path, .duplicateTensor(entry.name))
      }
      guard let count = entry.type.byteCount(of: entry.shape),
        end.addingReportingOverflow(count).overflow == false
      else { throw TensorFileError(path, .outOfRange("\(entry.name).shape")) }
      let fields = JSONValue.members([
        "dtype": .string(entry.type.rawValue),
        "shape": .items(entry.shape.map { .integer($0) }),
        "data_offsets": .items([.integer(end), .integer(end + count)]),
      ])
      members.append(member(entry.name, fields))
      byteCounts.append(count)
      end += count
    }
    var header = Array(JSONValue.object(JSONObject(members)).jsonText.utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    guard header.count <= SafetensorsFile.headerByteLimit else {
      throw TensorFileError(
        path, .headerTooLarge(byteCount: UInt64(header.count), limit: SafetensorsFile.headerByteLimit))
    }
    self.header = header
    self.order = order
    self.byteCounts = byteCounts
  }
}

private func member(_ key: String, _ value: JSONValue) -> JSONObject.Member {
  JSONObject.Member(key, JSONNode(value))
}

/// Writes float32 tensors (row-major) as one safetensors file.
///
/// - Parameter type: F32 or BF16, what the file holds.
/// - Throws: `FileError`, `TensorFileError`.
package func writeSafetensors(
  _ tensors: [(name: String, shape: [Int], values: [Float])], to path: String,
  as type: TensorType = .float32, metadata: [String: String] = ["format": "pt"], force: Bool = false
) throws {
  for tensor in tensors where checkedProduct(tensor.shape) != tensor.values.count {
    throw TensorFileError(
      path, .wrongShape(tensor: tensor.name, expected: tensor.shape, found: [tensor.values.count]))
  }
  var writer = try SafetensorsWriter(
    path: path,
    entries: tensors.map { SafetensorsWriter.Entry(name: $0.name, type: type, shape: $0.shape) },
    metadata: metadata, force: force)
  let values = Dictionary(tensors.map { ($0.name, $0.values) }) { first, _ in first }
  while let entry = writer.current {
    let elements = values[entry.name] ?? []
    try writer.write(elements.span)
  }
  try writer.commit()
}
