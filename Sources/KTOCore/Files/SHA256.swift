internal import CLibCrypto

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces, computed by OpenSSL's libcrypto.
///
/// Owns the library's context and frees it.
@safe package struct SHA256: ~Copyable {
  private let context: OpaquePointer?

  package init() {
    unsafe context = EVP_MD_CTX_new()
    unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Begins anew, for the next digest with the same context.
  package mutating func reset() { unsafe EVP_DigestInit_ex(context, nil, nil) }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: RawSpan) {
    _ = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

  /// The digest as 64 lower-case hexadecimal digits. Call last; `reset` comes before more bytes.
  package mutating func finish() -> String { hexadecimal(finishBytes()) }

  /// The digest's 32 bytes, instead of `finish()`.
  package mutating func finishBytes() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 32
    unsafe EVP_DigestFinal_ex(context, &digest, &count)
    return digest
  }

  /// The digest of one array.
  package static func hash(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of a file, read in pieces.
  /// - Throws: `FileError`.
  package static func hash(fileAt path: String) throws -> String {
    let source = try FileByteSource(path: path)
    var hash = SHA256()
    while true {
      let piece = try source.read(upTo: 1 << 20)
      if piece.isEmpty { return hash.finish() }
      hash.update(piece)
    }
  }
}

/// Two lower-case digits a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
  return String(decoding: text, as: UTF8.self)
}

/// The version of the libcrypto that runs, such as `OpenSSL 3.0.17 1 Jul 2025`.
package func libraryCryptoVersion() -> String {
  unsafe OpenSSL_version(OPENSSL_VERSION).map { unsafe String(cString: $0) } ?? "unknown"
}
