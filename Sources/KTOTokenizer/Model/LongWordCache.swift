internal import Glibc

/// Remembers the ids of pre-tokens of 16 bytes or more, as `WordCache` does those of shorter ones.
///
/// The bytes and the ids lie side by side in two arrays. When it is full it forgets everything.
struct LongWordCache: Sendable {
  /// Longer pre-tokens are not remembered.
  static let longestKey = 16 << 20
  /// Of bytes and ids together.
  private static let memoryLimit = 64 << 20
  private static let initialBits = 10
  private static let largestBits = 19

  private struct Entry {
    var hash: UInt64
    var start: UInt32
    var idStart: UInt32
    /// 0 where the entry is free.
    var byteCount: UInt32
    var idCount: UInt32
  }

  private var entries = [Entry](
    repeating: Entry(hash: 0, start: 0, idStart: 0, byteCount: 0, idCount: 0), count: 1 << initialBits)
  private var bytes: [UInt8] = []
  private var ids: [UInt32] = []
  private var count = 0
  private let seed = UInt64.random(in: 0...UInt64.max)

  func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 { unsafe byteHash(word, seed: seed) }

  /// Writes the ids of a word seen before and answers how many they are; nil for a new word.
  ///
  /// - Parameter output: room for as many ids as the word has bytes.
  func find(
    _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, into output: UnsafeMutablePointer<UInt32>
  ) -> Int? {
    let entry = unsafe entries[place(of: word, hash)]
    guard entry.byteCount != 0 else { return nil }
    unsafe ids.withUnsafeBufferPointer { ids in
      guard let base = ids.baseAddress else { return }
      unsafe output.update(from: base + Int(entry.idStart), count: Int(entry.idCount))
    }
    return Int(entry.idCount)
  }

  /// Remembers the ids of a word of 1 to `longestKey` bytes that `find` did not find.
  mutating func insert(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64, _ new: UnsafeBufferPointer<UInt32>) {
    if isOverLimit || (count + 1) * 2 > entries.count { makeRoom() }
    let entry = Entry(
      hash: hash, start: UInt32(bytes.count), idStart: UInt32(ids.count),
      byteCount: UInt32(word.count), idCount: UInt32(new.count))
    unsafe bytes.append(contentsOf: word)
    unsafe ids.append(contentsOf: new)
    put(entry)
    count += 1
  }

  private var isOverLimit: Bool { bytes.count + ids.count * 4 > Self.memoryLimit }

  private mutating func makeRoom() {
    let old = entries
    let isFull = isOverLimit || old.count >= 1 << Self.largestBits
    let empty = Entry(hash: 0, start: 0, idStart: 0, byteCount: 0, idCount: 0)
    entries = [Entry](repeating: empty, count: isFull ? old.count : old.count * 2)
    if isFull {
      bytes.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
      count = 0
    } else {
      for entry in old where entry.byteCount != 0 { put(entry) }
    }
  }

  private mutating func put(_ entry: Entry) {
    var index = Int(truncatingIfNeeded: entry.hash) & (entries.count - 1)
    while entries[index].byteCount != 0 { index = (index + 1) & (entries.count - 1) }
    entries[index] = entry
  }

  private func place(of word: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: hash) & (entries.count - 1)
    while entries[index].byteCount != 0 {
      if entries[index].hash == hash, unsafe isWord(entries[index], word) { return index }
      index = (index + 1) & (entries.count - 1)
    }
    return index
  }

  private func isWord(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard entry.byteCount == UInt32(word.count) else { return false }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, let other = word.baseAddress else { return true }
      return unsafe memcmp(base + Int(entry.start), other, word.count) == 0
    }
  }
}
