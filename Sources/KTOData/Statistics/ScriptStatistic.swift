package import KTOCore

/// The script of most letters of a completion, told by Unicode's blocks. It is no language: English and French are Latin.
package struct ScriptStatistic: RowStatistic {
  package static let name = "scripts"
  package static let title = "Scripts of completions (by Unicode block; not languages)"

  package private(set) var counts: [String: ClassCounts] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    counts[Self.script(of: row.example.completion), default: ClassCounts()].add(row.label)
  }

  package mutating func merge(_ other: Self) { counts.merge(other.counts) { $0 + $1 } }

  package var json: JSONValue { KTOData.json(counts) }

  package init(json: JSONNode) throws(StatisticsError) { counts = try namedCounts(json) }

  package var tables: [StatisticTable] { counts.isEmpty ? [] : [StatisticTable(of: "script", counts)] }

  static func script(of messages: [Message]) -> String {
    var latin = 0
    var others = [Int](repeating: 0, count: blocks.count)
    for message in messages {
      for scalar in message.content.unicodeScalars {
        if scalar.value < 0x80 {
          if (0x61...0x7A).contains(scalar.value | 0x20) { latin += 1 }
        } else if let place = place(of: scalar.value) {
          others[place] += 1
        }
      }
    }
    var sums = ["Latin": latin]
    for (place, count) in others.enumerated() where count > 0 {
      sums[blocks[place].script, default: 0] += count
    }
    // Japanese is written with Chinese characters, too.
    if let kana = sums["Japanese kana"], let han = sums["Chinese characters"], kana * 10 >= han {
      sums["Japanese kana"] = kana + han
      sums["Chinese characters"] = nil
    }
    let most = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return most.map { $0.value > 0 ? $0.key : "none" } ?? "none"
  }

  private static func place(of code: UInt32) -> Int? {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].range.upperBound < code { low = middle + 1 } else { high = middle }
    }
    guard low < blocks.count, blocks[low].range.contains(code) else { return nil }
    return low
  }

  /// Blocks of letters, in rising order. Source: Unicode's Blocks.txt.
  private static let blocks: [(range: ClosedRange<UInt32>, script: String)] = [
    (0xC0...0x24F, "Latin"), (0x370...0x3FF, "Greek"), (0x400...0x52F, "Cyrillic"),
    (0x530...0x58F, "Armenian"),
    (0x590...0x5FF, "Hebrew"), (0x600...0x77F, "Arabic"), (0x900...0x97F, "Devanagari"),
    (0x980...0x9FF, "Bengali"),
    (0xA00...0xA7F, "Gurmukhi"), (0xA80...0xAFF, "Gujarati"), (0xB00...0xB7F, "Odia"),
    (0xB80...0xBFF, "Tamil"),
    (0xC00...0xC7F, "Telugu"), (0xC80...0xCFF, "Kannada"), (0xD00...0xD7F, "Malayalam"),
    (0xD80...0xDFF, "Sinhala"),
    (0xE00...0xE7F, "Thai"), (0xE80...0xEFF, "Lao"), (0xF00...0xFFF, "Tibetan"), (0x1000...0x109F, "Burmese"),
    (0x10A0...0x10FF, "Georgian"), (0x1100...0x11FF, "Hangul"), (0x1200...0x137F, "Ethiopic"),
    (0x1780...0x17FF, "Khmer"), (0x1E00...0x1EFF, "Latin"), (0x1F00...0x1FFF, "Greek"),
    (0x3040...0x30FF, "Japanese kana"), (0x3130...0x318F, "Hangul"), (0x31F0...0x31FF, "Japanese kana"),
    (0x3400...0x4DBF, "Chinese characters"), (0x4E00...0x9FFF, "Chinese characters"),
    (0xAC00...0xD7AF, "Hangul"),
    (0xF900...0xFAFF, "Chinese characters"), (0xFF21...0xFF5A, "Latin"), (0xFF66...0xFF9F, "Japanese kana"),
    (0x20000...0x3FFFF, "Chinese characters"),
  ]
}
