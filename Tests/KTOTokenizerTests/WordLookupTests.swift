import CTextKernels
import KTOCore
import Testing

struct WordLookupTests {
  /// What looking up words writes, places as counted from the table's start.
  private struct Found: Equatable {
    var hashes: [UInt64] = []
    var places: [Int] = []
    var missing: [UInt32] = []
  }

  /// Looks up words of 1 to 40 bytes in a table that has every third of those that fit.
  private func look(_ vectors: kto_vectors) -> Found {
    var random = SeededGenerator(seed: 9)
    let count = 200
    let lengths = (0..<count).map { _ in Int.random(in: 1...40, using: &random) }
    let text = (0..<lengths.reduce(16, +)).map { _ in UInt8.random(in: 0x61...0x63, using: &random) }
    var ends: [UInt32] = []
    for length in lengths { ends.append((ends.last ?? 0) + UInt32(length)) }

    let bits = 8
    let table = UnsafeMutablePointer<kto_word_entry>.allocate(capacity: 2 << bits)
    let keys = UnsafeMutablePointer<kto_word_key>.allocate(capacity: count)
    let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
    let found = UnsafeMutablePointer<UnsafeMutablePointer<kto_word_entry>?>.allocate(capacity: count)
    let missing = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
    defer {
      unsafe table.deallocate()
      unsafe keys.deallocate()
      unsafe hashes.deallocate()
      unsafe found.deallocate()
      unsafe missing.deallocate()
    }
    let free = kto_word_entry(key: kto_word_key(low: .max, high: .max), ids: (0, 0, 0, 0))
    unsafe table.initialize(repeating: free, count: 2 << bits)
    let lookup = unsafe kto_word_lookup(
      table: table, table_bits: Int64(bits), seed: 12345, keys: keys, hashes: hashes, found: found,
      missing: missing)
    unsafe #expect(kto_find_words(vectors, lookup, text, 0, ends, Int64(count)) == Int64(count))
    for word in stride(from: 0, to: count, by: 3) where lengths[word] <= 15 {
      // In either place of the set, and with the count of ids that the keys of words lack.
      let place = unsafe kto_word_set(lookup, hashes[word]).unsafelyUnwrapped + word % 2
      unsafe place.pointee.key = keys[word]
      unsafe place.pointee.key.high |= UInt64(word % 5) << 60
    }
    let missingCount = unsafe Int(kto_find_words(vectors, lookup, text, 0, ends, Int64(count)))
    var result = Found()
    for word in 0..<count {
      unsafe result.hashes.append(hashes[word])
      unsafe result.places.append(found[word].map { unsafe $0 - table } ?? -1)
    }
    for index in 0..<missingCount { unsafe result.missing.append(missing[index]) }
    for word in result.missing { #expect(word % 3 != 0 || lengths[Int(word)] > 15) }
    return result
  }

  @Test func `words that a table has are found by all vectors alike, longer ones never`() {
    let plain = look(KTO_VECTORS_BASELINE)
    #expect(plain.missing.count > 100)
    for vectors in [KTO_VECTORS_AVX2, KTO_VECTORS_AVX512]
    where vectors.rawValue <= kto_best_vectors().rawValue {
      #expect(look(vectors) == plain)
    }
  }
}
