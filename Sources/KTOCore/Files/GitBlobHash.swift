internal import CLibCrypto

/// The name that git gives a file's content: SHA-1 of `blob`, the byte count, NUL and the bytes, as 40 lower-case
/// hexadecimal digits. Computed by OpenSSL's libcrypto, in pieces.
/// - Throws: `FileError`, also where the file's size changes on the way.
package func gitBlobHash(fileAt path: String) throws -> String {
  let byteCount = try fileByteCount(path)
  let context = unsafe EVP_MD_CTX_new()
  defer { unsafe EVP_MD_CTX_free(context) }
  unsafe EVP_DigestInit_ex(context, EVP_sha1(), nil)
  let header = Array("blob \(byteCount)\u{0}".utf8)
  _ = unsafe EVP_DigestUpdate(context, header, header.count)
  let source = try FileByteSource(path: path)
  var readCount = 0
  while true {
    let piece = try source.read(upTo: 1 << 20)
    if piece.isEmpty { break }
    readCount += piece.count
    _ = unsafe EVP_DigestUpdate(context, piece, piece.count)
  }
  guard readCount == byteCount else {
    throw FileError.cannotRead(path: path, reason: "its size changes while it is read")
  }
  var digest = [UInt8](repeating: 0, count: 20)
  var count: UInt32 = 20
  unsafe EVP_DigestFinal_ex(context, &digest, &count)
  return hexadecimal(digest)
}
