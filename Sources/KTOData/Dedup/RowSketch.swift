internal import KTOCore

/// What an example is compared by when duplicates are looked for.
package struct RowSketch: Sendable, Equatable {
  /// Equal for the same roles, texts, calls and definitions of tools.
  var exact: UInt64
  /// Equal for what counts as the same: with the level `exact` the texts as they are, otherwise as `TextReader` reads
  /// them.
  var key: WideKey
  /// A key for each band; empty without near duplicates.
  var bands: [UInt32] = []
  /// One set, or for a row those of prompt and completion.
  var shingles: [[UInt32]] = []
}

/// Makes the sketches of examples one after another; used by one thread. A class because it owns buffers that stay.
///
/// Messages of `system` and `developer` count in what must be the same, but have no shingles: a long one that all prompts
/// begin with would make all of them alike. Definitions of tools are part of the prompt: rows with other ones are not
/// alike at any level.
final class Sketcher {
  private let options: DedupOptions
  private let hashing: MinHash
  private var shingles: ShingleReader
  private var reader = TextReader()
  private var bytes: [UInt8] = []

  init(_ options: DedupOptions) {
    self.options = options
    hashing = MinHash(count: options.permutations, seed: options.seed)
    shingles = ShingleReader(unit: options.unit, size: options.shingleSize)
  }

  func sketch(_ example: Example) -> RowSketch {
    let parts: [[Message]] =
      switch options.of {
      case .row: [example.prompt, example.completion]
      case .prompt: [example.prompt]
      case .completion: [example.completion]
      }
    let tools = options.of == .completion ? "" : example.tools?.jsonText ?? ""
    writeExactly(parts, tools)
    var sketch = RowSketch(exact: contentKey(bytes), key: unsafe WideKey(bytes.span.bytes))
    guard options.level > .exact else { return sketch }
    writeNormalized(parts, tools)
    sketch.key = unsafe WideKey(bytes.span.bytes)
    guard options.level > .normalized else { return sketch }
    // Tools are of the first part, as a completion alone is compared without them. Their key is the seed of its shingles,
    // so that those of rows with other tools have nothing in common.
    let toolsKey = tools.isEmpty ? 0 : contentKey(tools.utf8)
    sketch.shingles = parts.enumerated().map { place, messages in
      shingles.shingles(
        of: messages.lazy.filter(\.isComparedByShingles).flatMap(\.comparedTexts),
        seed: place == 0 ? toolsKey : 0)
    }
    sketch.bands = bands(of: sketch.shingles)
    return sketch
  }

  /// A key for each band of the signatures. A row's band takes half of its values from the prompt and half from the
  /// completion, so that rows meet only where both are alike.
  private func bands(of sets: [[UInt32]]) -> [UInt32] {
    let signatures = sets.map { hashing.signature(of: $0.span) }
    let rows = options.rowsPerBand
    return (0..<options.bands).map { band in
      var key: UInt64 = UInt64(band)
      for place in 0..<rows {
        let value = signatures[place % signatures.count][band * rows + place]
        key = mixed(key ^ UInt64(value), seed: UInt64(place))
      }
      return UInt32(truncatingIfNeeded: key >> 32)
    }
  }

  // MARK: - Texts

  private func writeExactly(_ parts: [[Message]], _ tools: String) {
    start(with: tools)
    for part in parts {
      for message in part {
        for field in [message.role, message.content, message.extra ?? ""] {
          bytes.append(contentsOf: field.utf8)
          bytes.append(Self.fieldEnd)
        }
      }
      bytes.append(Self.partEnd)
    }
  }

  private func writeNormalized(_ parts: [[Message]], _ tools: String) {
    start(with: tools)
    for part in parts {
      for message in part {
        reader.clear()
        reader.add(message.content)
        bytes.append(contentsOf: message.role.utf8)
        bytes.append(Self.fieldEnd)
        bytes.append(contentsOf: reader.text)
        bytes.append(Self.fieldEnd)
        bytes.append(contentsOf: (message.extra ?? "").utf8)
        bytes.append(Self.fieldEnd)
      }
      bytes.append(Self.partEnd)
    }
  }

  private func start(with tools: String) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: tools.utf8)
    bytes.append(Self.partEnd)
  }

  // Bytes that UTF-8 does not have, so that no two lists of messages have the same bytes.
  private static let fieldEnd: UInt8 = 0xFF
  private static let partEnd: UInt8 = 0xFE
}
