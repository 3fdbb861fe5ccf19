internal import KTOCore

/// Why something that a folder holds is no data, as its name tells.
enum NotData: String, CaseIterable {
  case documentation
  case metadata = "metadata, not records"
  case media = "images and other media"
  case programs = "programs and settings"
  case weights = "weights and prepared data"
  case putAside = "bad records that were put aside"
  case hidden
  case output = "the output"
  case unfinished = "what a stopped run left"
  case foundTwice = "read already"

  /// Nil for what may be data, which its content tells.
  /// - Parameter neighbours: the names in its folder.
  static func cause(of path: String, among neighbours: Set<String>) -> NotData? {
    let name = fileName(path)
    if isUnfinished(name) { return .unfinished }
    if name == Quarantine.fileName { return .putAside }
    if name == "index.json" || name == "split.json" || name == "manifest.json" {
      if neighbours.contains(where: {
        $0.hasSuffix(".mds") || $0 == "split.json" && neighbours.contains("train.jsonl")
      }) {
        return .weights
      }
      if name == "manifest.json", fileKind(fileFolder(path) + "/train/index.json") != nil { return .weights }
    }
    let lower = name.lowercased()
    if metadataNames.contains(lower) { return .metadata }
    let ending = lower.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    let hasEnding = lower.contains(".")
    if hasEnding, let cause = endings.first(where: { $0.value.contains(ending) })?.key { return cause }
    if !hasEnding || ending == "txt", documentNames.contains(where: { lower.hasPrefix($0) }) {
      return .documentation
    }
    return nil
  }

  /// `x.jsonl.partial-123`, which this tool writes until a file is whole.
  private static func isUnfinished(_ name: String) -> Bool {
    guard let dash = name.lastIndex(of: "-"), name[..<dash].hasSuffix(".partial") else { return false }
    let number = name[dash...].dropFirst()
    return !number.isEmpty && number.allSatisfy(\.isNumber)
  }

  private static let endings: [NotData: Set<String>] = [
    .documentation: [
      "md", "markdown", "mdx", "rst", "pdf", "doc", "docx", "odt", "html", "htm", "tex", "bib", "cff",
    ],
    .metadata: ["lock", "crc", "md5", "sha1", "sha256", "sha512", "sig", "asc", "schema", "xsd"],
    .media: [
      "png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "tif", "tiff", "ico", "mp3", "wav", "flac", "ogg",
      "mp4",
      "mov", "avi", "mkv", "webm", "ttf", "otf", "woff", "woff2",
    ],
    .programs: [
      "py", "pyc", "ipynb", "sh", "bash", "bat", "js", "ts", "css", "r", "jl", "swift", "c", "h", "java",
      "go", "rs",
      "yaml", "yml", "toml", "ini", "cfg", "conf", "jinja", "sql", "so",
    ],
    .weights: ["mds", "safetensors", "gguf", "pt", "pth", "onnx"],
  ]

  private static let metadataNames: Set<String> = [
    "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json",
    "thumbs.db",
    "desktop.ini", ExportRun.reportName, "sha256sums", "md5sums", "checksums.txt", "makefile", "dockerfile",
    "requirements.txt",
  ]

  private static let documentNames = [
    "readme", "license", "licence", "copying", "notice", "changelog", "changes", "authors", "citation",
    "contributing",
    "todo",
  ]
}

/// A path's last part.
package func fileName(_ path: String) -> String {
  path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? path
}

/// The folder that a path's last part lies in; `.` is the current one.
package func fileFolder(_ path: String) -> String {
  var end = path.utf8[...]
  while end.last == UInt8(ascii: "/"), end.count > 1 { end = end.dropLast() }
  guard let slash = end.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  let folder = String(end[..<slash]) ?? "."
  return folder.isEmpty ? "/" : folder
}
