/// A number with a fixed count of decimals, rounded, the same on every machine.
package func decimal(_ number: Double, digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = (number * scale).rounded()
  guard scaled.magnitude < 1e15, let whole = Int(exactly: scaled) else { return "\(number)" }
  let text = String(whole.magnitude)
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
  let cut = padded.index(padded.endIndex, offsetBy: -digits)
  return (whole < 0 ? "-" : "") + padded[..<cut] + (digits > 0 ? "." + padded[cut...] : "")
}

/// A share in tenths of a percent, rounded: `12.5%`.
package func percent(_ part: Int, of whole: Int) -> String {
  guard whole > 0 else { return "0.0%" }
  let tenths = (part * 1000 + whole / 2) / whole
  return "\(tenths / 10).\(tenths % 10)%"
}

/// A count with its noun: `1 record`, `2 records`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// A number of bytes for people: `1.4 GB`.
package func byteText(_ count: Int) -> String {
  let units = ["bytes", "kB", "MB", "GB", "TB"]
  var value = Double(count)
  var unit = 0
  while value >= 1000, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  return unit == 0 ? "\(count) bytes" : "\(decimal(value, digits: 1)) \(units[unit])"
}
