/// Decodes base64 (RFC 4648) with padding; nil for what is not base64.
///
/// Padding alone is no bytes, as in Whisper's vocabulary, which has a line of it.
func decodedBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
  var digits = text
  while digits.last == UInt8(ascii: "="), text.count - digits.count < 2 { digits.removeLast() }
  if digits.isEmpty { return [] }
  guard text.count % 4 == 0, digits.count % 4 != 1 else { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(digits.count * 3 / 4)
  var bits: UInt32 = 0
  var bitCount = 0
  for digit in digits {
    guard let value = base64Value(digit) else { return nil }
    bits = bits << 6 | value
    bitCount += 6
    if bitCount >= 8 {
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
    }
  }
  return bytes
}

private func base64Value(_ character: UInt8) -> UInt32? {
  switch character {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}
