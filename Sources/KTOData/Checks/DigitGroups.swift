/// Groups of digits with a separator between, as card and phone numbers are written.
struct DigitGroups {
  private(set) var groups: [Int] = []
  private(set) var digits: [UInt8] = []
  /// The first digit.
  let start: Int
  private(set) var end: Int
  private let hasPlus: Bool
  private let hasBrackets: Bool
  private let separators: Set<UInt8>
  /// Whether a letter, or a digit behind a dot, makes it part of something else.
  private let isPart: Bool

  /// Whether nine digits come with no more than two other bytes between them: fewer are no number of the kinds below.
  static func mayBeNumber(in text: Span<UInt8>, at start: Int) -> Bool {
    var (place, last, count) = (start, start, 0)
    while place < text.count, place - last <= 3, count < 9 {
      if isDigit(text[place]) {
        count += 1
        last = place
      } else if isLetter(text[place]) {
        return false
      }
      place += 1
    }
    return count == 9
  }

  /// - Parameter start: the first digit.
  init(in text: Span<UInt8>, at start: Int) {
    self.start = start
    var (place, separators) = (start, Set<UInt8>())
    var closes = false
    while place < text.count, digits.count < 24 {
      let first = place
      while place < text.count, isDigit(text[place]), digits.count < 24 {
        digits.append(text[place] - 0x30)
        place += 1
      }
      groups.append(place - first)
      var (next, separator) = (place, UInt8?.none)
      // One separator, or a bracket and a blank.
      if next < text.count, text[next] == UInt8(ascii: ")") {
        closes = true
        next += 1
      }
      if next < text.count, [0x20, UInt8(ascii: "-"), UInt8(ascii: ".")].contains(text[next]) {
        separator = text[next]
        next += 1
      }
      if next < text.count, text[next] == UInt8(ascii: "("), groups.count == 1 { next += 1 }
      guard next > place, next < text.count, isDigit(text[next]) else { break }
      if let separator { separators.insert(separator) }
      place = next
    }
    end = place
    let before = start > 0 ? text[start - 1] : 0x20
    hasPlus =
      before == UInt8(ascii: "+") && (start < 2 || !isDigit(text[start - 2]) && !isLetter(text[start - 2]))
    hasBrackets = closes && before == UInt8(ascii: "(")
    self.separators = separators
    let after = end < text.count ? text[end] : 0x20
    let marks = Array("._-/=#$:".utf8)
    isPart =
      isLetter(before) || marks.contains(before) || isLetter(after)
      || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "%")].contains(after)
      || digits.count >= 24
  }

  /// A number of a card: known first digits, their length, and Luhn's digit at its end; no number that is published for tests.
  var card: PersonalData? {
    guard !isPart, !hasPlus, (13...19).contains(digits.count), separators.count <= 1,
      !separators.contains(UInt8(ascii: "."))
    else { return nil }
    let isOneNumber = groups.count == 1 || groups == [4, 4, 4, 4] || groups == [4, 6, 5]
    let two = Int(digits[0]) * 10 + Int(digits[1])
    let four = two * 100 + Int(digits[2]) * 10 + Int(digits[3])
    let isKnown =
      switch digits.count {
      case 15: two == 34 || two == 37
      case 16:
        digits[0] == 4 || (51...55).contains(two) || (2221...2720).contains(four) || four == 6011 || two == 65
          || (3528...3589).contains(four)
      case 13, 19: digits[0] == 4
      default: false
      }
    guard isOneNumber, isKnown, passesLuhn, Set(digits).count > 4 else { return nil }
    let text = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
    guard !Self.testCards.contains(text) else { return nil }
    return PersonalData(kind: .card, masked: "\(digits[0])… (\(digits.count) digits)", range: start..<end)
  }

  /// A number with a country's code, or one of ten digits as North America writes them; none that is reserved for fiction.
  var phone: PersonalData? {
    guard !isPart, !hasSequence else { return nil }
    if hasPlus {
      guard (9...15).contains(digits.count), digits[0] != 0, groups.count <= 6,
        groups.count > 1 || digits.count >= 10
      else { return nil }
      if digits[0] == 1 {
        guard digits.count == 11, isNorthAmerican(digits.dropFirst()) else { return nil }
      }
      return PersonalData(
        kind: .phone, masked: "+\(digits[0])… (\(digits.count) digits)", range: (start - 1)..<end)
    }
    let isWritten =
      groups == [3, 3, 4]
      && (hasBrackets || separators == [UInt8(ascii: "-")] || separators == [UInt8(ascii: ".")])
    guard isWritten, isNorthAmerican(digits[...]) else { return nil }
    return PersonalData(
      kind: .phone, masked: "\(digits[0])… (\(digits.count) digits)",
      range: (hasBrackets ? start - 1 : start)..<end)
  }

  /// Area code and exchange begin with 2 to 9, and neither is 555.
  private func isNorthAmerican(_ number: ArraySlice<UInt8>) -> Bool {
    let number = Array(number)
    return number.count == 10 && number[0] > 1 && number[3] > 1 && Array(number[0..<3]) != [5, 5, 5]
      && Array(number[3..<6]) != [5, 5, 5]
  }

  /// Whether six digits count up, down or stay: made up.
  private var hasSequence: Bool {
    guard digits.count >= 6 else { return false }
    return (0...(digits.count - 6)).contains { start in
      [1, 0, -1].contains { step in
        (1..<6).allSatisfy { Int(digits[start + $0]) - Int(digits[start + $0 - 1]) == step }
      }
    }
  }

  /// Luhn's check: every second digit from the right doubled, the sum a multiple of ten. Source: ISO/IEC 7812-1.
  private var passesLuhn: Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let value = Int(digit) * (index % 2 == 1 ? 2 : 1)
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }

  /// Numbers that payment services publish for tests.
  private static let testCards: Set<String> = [
    "4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "5555555555554444",
    "5105105105105100", "2223003122003222", "6011111111111117", "6011000990139424", "378282246310005",
    "371449635398431", "4000000000000002", "3530111333300000", "3566002020360505", "4222222222222",
  ]
}
