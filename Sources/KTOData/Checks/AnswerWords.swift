internal import Glibc
internal import KTOCore

/// The words of answers as numbers, for ``ShortcutModel``: each word and each pair of words that follow one another.
struct AnswerWords {
  /// Numbers are below this.
  static let featureCount = 1 << 18
  /// Words from an answer's beginning, and from its end.
  private static let head = 256
  private static let tail = 64

  /// The text of each word, by its number; of words with the same number the first.
  private var texts: [UInt32: String] = [:]

  /// The numbers of the words and pairs of an answer, each once, in rising order.
  mutating func features(of completion: [Message]) -> [UInt32] {
    var words: [(key: UInt64, text: Substring.UTF8View)] = []
    for message in completion { Self.cut(message.content.utf8, &words) }
    if words.count > Self.head + Self.tail { words.removeSubrange(Self.head..<words.count - Self.tail) }
    var features: Set<UInt32> = []
    var before: UInt64?
    for word in words {
      let number = Self.number(word.key)
      if features.insert(number).inserted, texts[number] == nil {
        texts[number] = String(Substring(word.text)).lowercased()
      }
      if let before { features.insert(Self.number(mixed(word.key, seed: before))) }
      before = word.key
    }
    return features.sorted()
  }

  private static func number(_ key: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: key >> 40) % UInt32(featureCount)
  }

  /// Runs of letters and digits in lower case, and every other visible character by itself.
  private static func cut(
    _ text: String.UTF8View, _ words: inout [(key: UInt64, text: Substring.UTF8View)]
  ) {
    func isWord(_ byte: UInt8) -> Bool {
      byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte)
    }
    var index = text.startIndex
    var lowered: [UInt8] = []
    func take(_ byte: UInt8) { lowered.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) }
    while index < text.endIndex {
      let start = index
      lowered.removeAll(keepingCapacity: true)
      let first = text[index]
      text.formIndex(after: &index)
      guard first > 0x20 else { continue }
      take(first)
      if isWord(first) {
        while index < text.endIndex, isWord(text[index]) {
          take(text[index])
          text.formIndex(after: &index)
        }
      }
      words.append((contentKey(lowered), text[start..<index]))
      if words.count > 4096 { words.removeSubrange(head..<words.count - tail) }
    }
  }

  /// A word that one class has far more often.
  struct Telling {
    var text: String
    var desirable: Int
    var undesirable: Int
    var isDesirable: Bool
  }

  /// The words whose share differs most between the classes, by the z-score of their log odds ratio; at most three.
  func telling(_ rows: [ShortcutModel.Row], _ counts: ClassCounts) -> [Telling] {
    var seen: [UInt32: (desirable: Int, undesirable: Int)] = [:]
    for row in rows {
      for feature in row.features where texts[feature] != nil {
        if row.label {
          seen[feature, default: (0, 0)].desirable += 1
        } else {
          seen[feature, default: (0, 0)].undesirable += 1
        }
      }
    }
    func score(_ word: (desirable: Int, undesirable: Int)) -> Double {
      // Half a count more everywhere, so that nothing is divided by zero (Haldane and Anscombe).
      let cells = [
        Double(word.desirable) + 0.5, Double(counts.desirable - word.desirable) + 0.5,
        Double(word.undesirable) + 0.5, Double(counts.undesirable - word.undesirable) + 0.5,
      ]
      let odds = (cells[0] / cells[1]) / (cells[2] / cells[3])
      return log(odds) / cells.reduce(0) { $0 + 1 / $1 }.squareRoot()
    }
    let scored = seen.compactMap { number, word in
      texts[number].map { (score: score(word), text: $0, word: word) }
    }
    return scored.filter { $0.score.magnitude > 4 }
      .sorted { ($0.score.magnitude, $1.text) > ($1.score.magnitude, $0.text) }.prefix(3)
      .map {
        Telling(
          text: $0.text, desirable: $0.word.desirable, undesirable: $0.word.undesirable,
          isDesirable: $0.score > 0)
      }
  }
}
