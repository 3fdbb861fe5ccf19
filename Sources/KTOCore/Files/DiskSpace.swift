internal import Glibc

/// How many bytes a file system still takes from this user; nil where it does not say.
/// - Parameter path: a file or folder in it.
package func availableByteCount(_ path: String) -> Int? {
  var status = statvfs()
  guard unsafe statvfs(path, &status) == 0, status.f_frsize > 0 else { return nil }
  let (count, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
    by: Int(clamping: status.f_frsize))
  return overflow ? .max : count
}
