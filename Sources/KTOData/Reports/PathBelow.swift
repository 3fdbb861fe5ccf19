/// A path without `.` and `..`, from the root.
/// - Parameter folder: what a relative path is relative to; absolute.
func absolutePath(of file: String, in folder: String) -> String {
  var parts: [Substring] = []
  for part in (file.hasPrefix("/") ? file : folder + "/" + file).split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

/// The path from a folder to a file below it, so that `./a`, `x/../a` and the absolute path are one; nil for what is
/// elsewhere.
func pathBelow(_ folder: String, of file: String) -> String? {
  let start = absolutePath(of: folder, in: "/")
  let path = absolutePath(of: file, in: folder)
  guard start != "/" else { return String(path.dropFirst()) }
  return path.hasPrefix(start + "/") ? String(path.dropFirst(start.count + 1)) : nil
}
