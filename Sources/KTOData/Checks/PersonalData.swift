internal import KTOCore

/// An address, a number or a key that a text holds, without its value.
struct PersonalData: Sendable, Equatable {
  enum Kind: CaseIterable, Sendable {
    case mail, phone, card, ipv4, ipv6, privateKey, apiKey

    var noun: String {
      switch self {
      case .mail: "a mail address"
      case .phone: "a phone number"
      case .card: "a card number"
      case .ipv4: "an IPv4 address"
      case .ipv6: "an IPv6 address"
      case .privateKey: "a private key"
      case .apiKey: "an API key"
      }
    }

    var plural: String {
      switch self {
      case .mail: "mail addresses"
      case .phone: "phone numbers"
      case .card: "card numbers"
      case .ipv4: "IPv4 addresses"
      case .ipv6: "IPv6 addresses"
      case .privateKey: "private keys"
      case .apiKey: "API keys"
      }
    }

    /// Whether who has it can do what its owner can.
    var isSecret: Bool { self == .privateKey || self == .apiKey }
  }

  var kind: Kind
  /// What may be shown: the first characters and how many there are.
  var masked: String
  /// Where it is: bytes of the text.
  var range: Range<Int>
}

/// Finds personal data in a text, in its order. A key is found by its digits: one of AWS without any, as 1 in 27 is, is not.
///
/// - Complexity: O(bytes). Only places with a digit, `@` or five hyphens are looked at, each a bounded number of times.
func scanPersonalData(in text: Span<UInt8>, _ found: (PersonalData) -> Void) {
  var place = 0
  // Where what was looked at ends: nothing before is looked at again as a beginning.
  while let mark = firstIdentifierMark(in: text, from: place) {
    let scan: (data: PersonalData?, end: Int) =
      switch text[mark] {
      case UInt8(ascii: "@"): mailAddress(in: text, at: mark)
      case UInt8(ascii: "-"): privateKey(in: text, at: mark)
      default: digits(in: text, at: mark, from: place)
      }
    if let data = scan.data { found(data) }
    place = scan.end
  }
}

// MARK: - Digits

/// What a run of digits belongs to: an IP address, a card or phone number, or a key.
private func digits(in text: Span<UInt8>, at start: Int, from limit: Int) -> (data: PersonalData?, end: Int) {
  var end = start + 1
  while end < text.count, isDigit(text[end]) { end += 1 }
  let before = start > 0 ? text[start - 1] : 0x20
  let after = end < text.count ? text[end] : 0x20
  if isKeyByte(after) && !isSeparator(after) || isKeyByte(before) && before != UInt8(ascii: "-") {
    if let address = ipv6Address(in: text, at: start) { return address }
    return apiKey(in: text, at: start, from: limit)
  }
  // A number alone, as most are.
  let continues =
    isSeparator(after) && end + 1 < text.count && (isDigit(text[end + 1]) || text[end + 1] == 0x28)
  if !continues, end - start < 7, after != UInt8(ascii: ":"), before != UInt8(ascii: "("),
    before != UInt8(ascii: "+"),
    after != UInt8(ascii: "-")
  {
    return (nil, end)
  }
  if after == UInt8(ascii: "."), let address = ipv4Address(in: text, at: start) { return address }
  if after == UInt8(ascii: ":"), let address = ipv6Address(in: text, at: start) { return address }
  if DigitGroups.mayBeNumber(in: text, at: start) {
    let number = DigitGroups(in: text, at: start)
    if let data = number.card ?? number.phone { return (data, number.end) }
  }
  if after == UInt8(ascii: "-") || before == UInt8(ascii: "-") {
    let key = apiKey(in: text, at: start, from: limit)
    return (key.data, max(key.end, end))
  }
  return (nil, end)
}

/// Four numbers up to 255 with dots between, none that is reserved, private, or like a version's.
private func ipv4Address(in text: Span<UInt8>, at start: Int) -> (data: PersonalData?, end: Int)? {
  var parts: [Int] = []
  var place = start
  while parts.count < 4 {
    let first = place
    var value = 0
    while place < text.count, isDigit(text[place]), place - first < 4 {
      value = value * 10 + Int(text[place] - 0x30)
      place += 1
    }
    let length = place - first
    guard (1...3).contains(length), value < 256, length == 1 || text[first] != 0x30 else { return nil }
    parts.append(value)
    if parts.count < 4 {
      guard place < text.count, text[place] == UInt8(ascii: ".") else { return nil }
      place += 1
    }
  }
  if place < text.count {
    let isLonger =
      isKeyByte(text[place])
      || text[place] == UInt8(ascii: ".") && place + 1 < text.count && isDigit(text[place + 1])
    if isLonger { return (nil, place) }
  }
  if start > 0, text[start - 1] == UInt8(ascii: ".") || isKeyByte(text[start - 1]) { return (nil, place) }
  // Versions and sections have small numbers; of addresses one in forty has no part of 100 or more.
  guard parts.contains(where: { $0 >= 100 }), !isReserved(parts), !isAfterVersion(text, start) else {
    return (nil, place)
  }
  return (PersonalData(kind: .ipv4, masked: "\(parts[0]).….….…", range: start..<place), place)
}

/// Networks that lead to nobody: private, of this machine, for documentation, for groups.
private func isReserved(_ parts: [Int]) -> Bool {
  switch (parts[0], parts[1], parts[2]) {
  case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (224..., _, _),
    (100, 64...127, _), (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113), (198, 18...19, _):
    true
  default: parts.allSatisfy { $0 == parts[0] }
  }
}

/// Whether "version", "release" or a slash is right before, as in `Chrome/100.0.12.1`.
private func isAfterVersion(_ text: Span<UInt8>, _ start: Int) -> Bool {
  guard start > 0 else { return false }
  var end = start
  while end > 0, text[end - 1] == 0x20 || text[end - 1] == UInt8(ascii: ":") { end -= 1 }
  for word in ["version", "release", "ver."] {
    let bytes = Array(word.utf8)
    guard end >= bytes.count else { continue }
    if bytes.indices.allSatisfy({ text[end - bytes.count + $0] | 0x20 == bytes[$0] | 0x20 }) { return true }
  }
  // A product's name and a slash; an address has "//" before it.
  return text[start - 1] == UInt8(ascii: "/") && start > 1 && isKeyByte(text[start - 2])
}

/// Eight groups of hexadecimal digits, or at least four where "::" stands for the others, of the networks that are given to
/// somebody (2000::/3), but not those for documentation (2001:db8::/32).
private func ipv6Address(in text: Span<UInt8>, at start: Int) -> (data: PersonalData?, end: Int)? {
  guard text[start] == 0x32 || text[start] == 0x33, start == 0 || !isWordByte(text[start - 1]),
    start == 0 || text[start - 1] != UInt8(ascii: ":")
  else { return nil }
  var (place, groups, shortened) = (start, 0, 0)
  while true {
    let first = place
    while place < text.count, isHexDigit(text[place]), place - first < 5 { place += 1 }
    guard place - first < 5 else { return nil }
    if place > first { groups += 1 } else if place == text.count || text[place] != UInt8(ascii: ":") { break }
    if groups == 1, place - first != 4 { return nil }
    guard place < text.count, text[place] == UInt8(ascii: ":") else { break }
    if place + 1 < text.count, text[place + 1] == UInt8(ascii: ":") {
      shortened += 1
      place += 2
    } else {
      guard place + 1 < text.count, isHexDigit(text[place + 1]) else { break }
      place += 1
    }
    if groups > 8 || shortened > 1 { return nil }
  }
  guard groups == 8 && shortened == 0 || (4...7).contains(groups) && shortened == 1,
    place == text.count || !isWordByte(text[place])
  else { return nil }
  let address = lowercased(text, start..<place)
  if address.hasPrefix("2001:db8:") || address.hasPrefix("2001:0db8:") { return (nil, place) }
  return (PersonalData(kind: .ipv6, masked: "\(address.prefix(2))…:…", range: start..<place), place)
}

// MARK: - Mail

/// `name@domain.tld` around an at sign.
private func mailAddress(in text: Span<UInt8>, at sign: Int) -> (data: PersonalData?, end: Int) {
  var first = sign
  while first > max(0, sign - 64), isWordByte(text[first - 1]) || localMarks.contains(text[first - 1]) {
    first -= 1
  }
  while first < sign, !isWordByte(text[first]) { first += 1 }
  var (end, labelStart) = (sign + 1, sign + 1)
  var labels: [Range<Int>] = []
  while end < text.count, end - sign < 128 {
    let byte = text[end]
    if byte == UInt8(ascii: "."), end > labelStart {
      labels.append(labelStart..<end)
      labelStart = end + 1
    } else if !isWordByte(byte) && byte != UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
      break
    }
    end += 1
  }
  // A full stop behind the address ends the sentence.
  if end > labelStart { labels.append(labelStart..<end) }
  guard first < sign, labels.count >= 2, let top = labels.last, (2...24).contains(top.count),
    top.allSatisfy({ isLetter(text[$0]) })
  else { return (nil, max(sign + 1, min(end, labelStart))) }
  let name = lowercased(text, first..<sign)
  let domain = labels.map { lowercased(text, $0) }
  let isPlaceholder =
    ["git", "user", "username", "your", "youremail", "your.email", "name", "example", "email"].contains(name)
    || domain.contains { label in
      ["example", "your", "domain", "company", "test"].contains { label.hasPrefix($0) }
    }
    || ["test", "invalid", "localhost", "local", "png", "jpg", "gif", "svg", "js", "css"].contains(
      domain.last)
    || ["email", "mail", "website", "site"].contains(domain[0])
  guard !isPlaceholder else { return (nil, end) }
  return (
    PersonalData(
      kind: .mail, masked: "\(String(name.prefix(1)))…@….\(domain[domain.count - 1])",
      range: first..<top.upperBound), end
  )
}

private let localMarks = Array(".+-%".utf8)

// MARK: - Keys

/// A block of PEM whose key is there: base64 follows its first line.
private func privateKey(in text: Span<UInt8>, at start: Int) -> (data: PersonalData?, end: Int) {
  let opening = Array("-----BEGIN ".utf8)
  let closing = Array("PRIVATE KEY".utf8)
  guard occurs(opening, in: text, at: start) else {
    var end = start
    while end < text.count, text[end] == UInt8(ascii: "-") { end += 1 }
    return (nil, end)
  }
  var place = start + opening.count
  while place < min(text.count, start + 40), !occurs(closing, in: text, at: place) { place += 1 }
  guard occurs(closing, in: text, at: place) else { return (nil, start + opening.count) }
  place += closing.count
  // The rest of the line, and lines of headers such as Proc-Type.
  let limit = min(text.count, place + 400)
  var run = 0
  while place < limit, run < 40 {
    run =
      isWordByte(text[place]) || text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "/")
      ? run + 1 : 0
    place += 1
  }
  guard run == 40 else { return (nil, start + opening.count) }
  let end = endOfBlock(in: text, from: place)
  return (
    PersonalData(kind: .privateKey, masked: "-----BEGIN … PRIVATE KEY-----…", range: start..<end), end
  )
}

/// Behind the last line of a block of PEM; where it is cut off, behind what may be its base64.
private func endOfBlock(in text: Span<UInt8>, from start: Int) -> Int {
  let closing = Array("-----END ".utf8)
  let marks = Array("+/=\r\n".utf8)
  var place = start
  while place < text.count, isWordByte(text[place]) || marks.contains(text[place]) { place += 1 }
  guard occurs(closing, in: text, at: place) else { return place }
  place += closing.count
  let limit = min(text.count, place + 40)
  while place < limit, text[place] != UInt8(ascii: "-") { place += 1 }
  while place < text.count, text[place] == UInt8(ascii: "-") { place += 1 }
  return place
}

/// How keys of services begin, and how many bytes follow at least.
private let keyPrefixes: [(prefix: [UInt8], length: Int)] = [
  ("AKIA", 16), ("ASIA", 16), ("AIza", 35), ("ghp_", 36), ("gho_", 36), ("ghu_", 36), ("ghs_", 36),
  ("ghr_", 36),
  ("github_pat_", 50), ("glpat-", 20), ("hf_", 30), ("npm_", 36), ("sk-", 32), ("sk_live_", 24),
  ("rk_live_", 24),
  ("xoxb-", 24), ("xoxp-", 24), ("xoxa-", 24),
].map { (Array($0.0.utf8), $0.1) }

/// The word around a place, where it begins as keys do. No further back than `limit`, which keeps the scan linear.
private func apiKey(in text: Span<UInt8>, at place: Int, from limit: Int) -> (data: PersonalData?, end: Int) {
  var (first, end) = (place, place + 1)
  while end < text.count, isKeyByte(text[end]) { end += 1 }
  while first > limit, isKeyByte(text[first - 1]) { first -= 1 }
  guard end - first >= 20 else { return (nil, end) }
  for (prefix, length) in keyPrefixes
  where occurs(prefix, in: text, at: first) && end - first - prefix.count >= length {
    let value = (first + prefix.count)..<end
    // Placeholders repeat a letter, or say that they are one.
    var seen: UInt64 = 0
    for index in value { seen |= 1 << UInt64(text[index] & 63) }
    let isPlaceholder =
      seen.nonzeroBitCount < 10
      || ["example", "your", "placeholder", "1234567"].contains { lowercased(text, value).contains($0) }
    guard !isPlaceholder else { return (nil, end) }
    let shown = String(decoding: prefix, as: UTF8.self)
    return (
      PersonalData(kind: .apiKey, masked: "\(shown)… (\(end - first) characters)", range: first..<end), end
    )
  }
  return (nil, end)
}

// MARK: - Bytes

func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

private func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_")
}

private func isKeyByte(_ byte: UInt8) -> Bool { isWordByte(byte) || byte == UInt8(ascii: "-") }

/// What may be between the groups of a number.
private func isSeparator(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ")")
}

private func lowercased(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
  String(decoding: range.map { text[$0] }, as: UTF8.self).lowercased()
}
