/// A command as a shell reads it back.
func shellText(_ words: [String]) -> String { words.map(shellWord).joined(separator: " ") }

/// A word as a shell reads it back.
func shellWord(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-+:@,=%".utf8.contains(byte)
    }
  return isPlain
    ? text
    : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
