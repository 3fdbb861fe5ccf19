internal import ArgumentParser
internal import KTOData

/// `--to` of `export`: a member of the list of exports.
struct ExportName: ExpressibleByArgument {
  let type: any ExampleExport.Type

  static let help = exampleExports.map { "\($0.name) is \($0.summary)" }.joined(separator: "; ") + "."

  init?(argument: String) {
    guard let type = exampleExports.first(where: { $0.name == argument }) else { return nil }
    self.type = type
  }

  var defaultValueDescription: String { type.name }
  static var allValueStrings: [String] { exampleExports.map { $0.name } }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// `--to` of `split`: one of those exports whose parts have a file each.
struct PartExportName: ExpressibleByArgument {
  let type: any ExampleExport.Type

  /// The first of the list.
  static let standard = PartExportName(type: filePerPartExports[0])
  static let help = filePerPartExports.map { "\($0.name) is \($0.summary)" }.joined(separator: "; ") + "."

  private init(type: any ExampleExport.Type) { self.type = type }

  init?(argument: String) {
    guard let type = filePerPartExports.first(where: { $0.name == argument }) else { return nil }
    self.type = type
  }

  var defaultValueDescription: String { type.name }
  static var allValueStrings: [String] { filePerPartExports.map { $0.name } }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
