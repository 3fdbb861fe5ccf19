internal import Glibc
package import KTOCore

/// The reference model's log-probabilities on disk, by content, so that no run scores a pair that another has scored.
///
/// One file for each model: `MODEL.scores`, records of 32 bytes: the first 16 of the SHA-256 of the pair's tokens, the
/// log-probability in nats (float64, little-endian), and the first 8 bytes of the SHA-256 of these 24. What the pair is
/// called, where it lies and what is trained do not matter. Runs append whole records, several at once if need be; a
/// record that was cut off or damaged is passed over.
///
/// A pair that was scored in another batch differs in its last digits, so a run may end with other last digits than it
/// would have without the store. A class because a descriptor is owned.
package final class ReferenceStore {
  /// Goes into each key: another one wherever scores are computed in another way.
  private static let method = "kto-data reference 1"
  private static let recordByteCount = 32

  private struct Key: Hashable {
    var high: UInt64
    var low: UInt64
  }

  package let path: String
  /// Records that were passed over when the file was read.
  package private(set) var damagedCount = 0
  private var values: [Key: Double] = [:]
  private var pending: [UInt8] = []
  private let descriptor: Int32

  /// How many pairs are known.
  package var count: Int { values.count }

  /// - Parameters:
  ///   - folder: made where there is none.
  ///   - model: a hash of whatever the reference's numbers depend on.
  /// - Throws: `FileError`.
  package init(folder: String, model: String) throws {
    try makeDirectory(folder)
    path = folder + "/" + model + ".scores"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: errorText(errno)) }
    let bytes: [UInt8]
    do { bytes = try readFile(path) } catch {
      close(descriptor)
      throw error
    }
    read(bytes[...])
  }

  deinit { close(descriptor) }

  /// log π_ref of a completion behind a prompt, nats; nil where it is not known.
  package func logProbability(prompt: [UInt32], completion: [UInt32]) -> Double? {
    values[Self.key(prompt, completion)]
  }

  /// Notes a score, which `flush` writes.
  package func add(_ logProbability: Double, prompt: [UInt32], completion: [UInt32]) {
    let key = Self.key(prompt, completion)
    guard logProbability.isFinite, values.updateValue(logProbability, forKey: key) == nil else { return }
    let record = Self.bytes(key.high) + Self.bytes(key.low) + Self.bytes(logProbability.bitPattern)
    pending += record + Self.check(record[...])
  }

  /// Appends what was noted.
  /// - Throws: `FileError.cannotWrite`.
  package func flush() throws(FileError) {
    guard !pending.isEmpty else { return }
    let count = unsafe pending.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard count == pending.count else {
      throw .cannotWrite(path: path, reason: count < 0 ? errorText(errno) : "the disk is full")
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Takes every whole record. After a damaged one the next is looked for byte by byte, since a write that was cut off
  /// shifts all that follow.
  private func read(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    var isInDamage = false
    while rest.count >= Self.recordByteCount {
      let record = rest.prefix(Self.recordByteCount)
      guard Array(record.suffix(8)) == Self.check(record.prefix(24)) else {
        if !isInDamage { damagedCount += 1 }
        isInDamage = true
        rest = rest.dropFirst()
        continue
      }
      isInDamage = false
      let words = (0..<3).map { Self.word(record.dropFirst(8 * $0).prefix(8)) }
      values[Key(high: words[0], low: words[1])] = Double(bitPattern: words[2])
      rest = rest.dropFirst(Self.recordByteCount)
    }
    if !rest.isEmpty, !isInDamage { damagedCount += 1 }
  }

  private static func key(_ prompt: [UInt32], _ completion: [UInt32]) -> Key {
    var hash = SHA256()
    hash.update(Array(method.utf8))
    hash.update(bytes(UInt64(prompt.count)))
    unsafe hash.update(prompt.span.bytes)
    unsafe hash.update(completion.span.bytes)
    let digest = Array(hash.finishBytes())
    return Key(high: word(digest[0..<8]), low: word(digest[8..<16]))
  }

  private static func check(_ record: ArraySlice<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(Array(record))
    return Array(Array(hash.finishBytes()).prefix(8))
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
