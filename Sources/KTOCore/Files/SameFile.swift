internal import Glibc

/// Whether an output names the file that an input names, also by another path or a link; `-` is standard input there
/// and standard output here.
///
/// Only regular files count: the same terminal or `/dev/null` may be both.
package func isSameFile(_ input: String, _ output: String) -> Bool {
  guard let input = status(input, standardDescriptor: STDIN_FILENO),
    let output = status(output, standardDescriptor: STDOUT_FILENO)
  else { return false }
  return input.st_mode & S_IFMT == S_IFREG && input.st_dev == output.st_dev && input.st_ino == output.st_ino
}

private func status(_ path: String, standardDescriptor: Int32) -> stat? {
  var status = stat()
  let code = path == "-" ? unsafe fstat(standardDescriptor, &status) : unsafe stat(path, &status)
  return code == 0 ? status : nil
}
