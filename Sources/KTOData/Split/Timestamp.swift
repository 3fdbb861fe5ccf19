/// Seconds since 1970 began of a time: ISO 8601 (`2024-05-01`, `2024-05-01T10:00:00.5+02:00`; UTC where it names no
/// zone), or a number of seconds, or of milli-, micro- or nanoseconds where it would be beyond the year 5138.
/// - Returns: nil for what is no time.
func timestamp(_ text: String) -> Double? {
  if let number = Double(text), number.isFinite, !text.contains(where: { $0.isLetter }) {
    // As seconds these would be beyond the year 5138.
    switch abs(number) {
    case ..<1e11: return number
    case ..<1e14: return number / 1e3
    case ..<1e17: return number / 1e6
    default: return number / 1e9
    }
  }
  var rest = Substring(text)
  func digits(_ count: Int) -> Int? {
    let head = rest.prefix(count)
    guard head.utf8.count == count, head.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return Int(head)
  }
  func take(_ characters: String) -> Bool {
    guard let first = rest.first, characters.contains(first) else { return false }
    rest = rest.dropFirst()
    return true
  }
  guard let year = digits(4), take("-"), let month = digits(2), (1...12).contains(month), take("-"),
    let day = digits(2), (1...daysIn(month, of: year)).contains(day)
  else { return nil }
  var seconds = Double(daysSince1970(year, month, day) * 86_400)
  if rest.isEmpty { return seconds }
  guard take("Tt "), let hour = digits(2), (0...24).contains(hour), take(":"), let minute = digits(2),
    (0...59).contains(minute)
  else { return nil }
  seconds += Double(hour * 3600 + minute * 60)
  if take(":") {
    guard let second = digits(2), (0...60).contains(second) else { return nil }
    seconds += Double(second)
    if take(".,") {
      let fraction = rest.prefix { ("0"..."9").contains($0) }
      guard let value = Double("0." + fraction) else { return nil }
      seconds += value
      rest = rest.dropFirst(fraction.count)
    }
  }
  if rest.first == " " { rest = rest.dropFirst() }
  if rest.isEmpty || rest == "Z" || rest == "z" || rest == "UTC" { return seconds }
  let isBehind = rest.first == "-"
  guard take("+-"), let hours = digits(2), (0...14).contains(hours) else { return nil }
  _ = take(":")
  let minutes = rest.isEmpty ? 0 : digits(2)
  guard let minutes, (0...59).contains(minutes), rest.isEmpty else { return nil }
  return seconds + Double((hours * 60 + minutes) * 60) * (isBehind ? 1 : -1)
}

/// The time as ISO 8601 in UTC, to the second.
func timestampText(_ seconds: Double) -> String {
  guard seconds.magnitude < 1e13 else { return "\(seconds)" }
  let whole = Int(seconds.rounded(.down))
  let day = Int((Double(whole) / 86_400).rounded(.down))
  let (year, month, dayOfMonth) = date(day)
  let rest = whole - day * 86_400
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return
    "\(year)-\(two(month))-\(two(dayOfMonth))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
}

private func isLeap(_ year: Int) -> Bool {
  year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
}

private func daysIn(_ month: Int, of year: Int) -> Int {
  month == 2 && isLeap(year) ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Source: H. Hinnant, "chrono-compatible date algorithms".
private func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// The inverse of `daysSince1970`.
private func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}
