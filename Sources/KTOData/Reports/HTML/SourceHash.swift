internal import KTOCore

/// The SHA-256 of a style or script in base64, as a content-security policy names it.
func sourceHash(_ source: StaticString) -> String {
  let bytes = unsafe Array(UnsafeBufferPointer(start: source.utf8Start, count: source.utf8CodeUnitCount))
  var hash = SHA256()
  hash.update(bytes)
  return base64(hash.finishBytes())
}

/// Base64 with padding. Source: RFC 4648, section 4.
func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
    let bits = UInt32(padded[0]) << 16 | UInt32(padded[1]) << 8 | UInt32(padded[2])
    for place in 0..<4 {
      let digit = digits[Int(bits >> UInt32(18 - 6 * place) & 63)]
      text.append(place <= group.count ? digit : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
