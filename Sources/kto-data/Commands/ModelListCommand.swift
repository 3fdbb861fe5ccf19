internal import ArgumentParser
internal import KTOCore
internal import KTOHub

extension ModelCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models in the cache.",
      discussion: """
        A line a revision: name, revision, commit, size, and whether all files are there that the model itself names. \
        Nothing is downloaded, so a file that was never asked for is not missed.

        EXAMPLES:
          kto-data model list --cache data/models
        """)

    @OptionGroup var cache: CacheOptions

    func run() throws {
      let models = cache.hub.list()
      if models.isEmpty { return print("no models in \(cache.root)") }
      var rows = [["model", "revision", "commit", "size", "files"]]
      for model in models {
        let files = model.files()
        let missing = Result { try model.missingFiles() }
        let state =
          switch missing {
          case .success([]): "\(files.count)"
          case .success(let names): "\(files.count), incomplete: \(names.joined(separator: " "))"
          case .failure(let error): "\(files.count), broken: \(error)"
          }
        let commit = model.commit.map { String($0.prefix(12)) } ?? ""
        rows.append([
          model.name, model.revision == model.commit ? "-" : model.revision, commit,
          byteText(files.compactMap(\.byteCount).reduce(0, +)), state,
        ])
      }
      print(table(rows))
    }
  }
}

/// Columns as wide as their widest text, two spaces between them.
func table(_ rows: [[String]]) -> String {
  var widths: [Int] = []
  for row in rows {
    for (column, text) in row.enumerated() {
      if column == widths.count { widths.append(0) }
      widths[column] = max(widths[column], text.count)
    }
  }
  let lines = rows.map { row in
    row.enumerated().map { column, text in
      column + 1 == row.count ? text : text + String(repeating: " ", count: widths[column] - text.count)
    }.joined(separator: "  ")
  }
  return lines.joined(separator: "\n")
}
