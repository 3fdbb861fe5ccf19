import Glibc
import KTOCore
import KTOData

/// What reading one text brought.
struct IngestOutcome {
  var examples: [Example] = []
  var rejections: [Diagnostic] = []
  var findings: [Diagnostic] = []
  var summary: IngestSummary

  var codes: [String] { (rejections + findings).map(\.code) }
}

/// A file of its own for each test, removed when the value goes.
final class ScratchFile {
  let path: String

  init(_ bytes: [UInt8], name: String = "data.json") throws {
    let folder = "/tmp/kto-ingest-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    unsafe mkdir(folder, 0o700)
    path = "\(folder)/\(name)"
    var file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  deinit {
    unsafe unlink(path)
    if let slash = path.lastIndex(of: "/") { unsafe rmdir(String(path[..<slash])) }
  }
}

func ingest(
  _ bytes: [UInt8], as format: RawFormat? = nil, name: String = "data.json", schemas: SchemaSet? = nil
) throws -> IngestOutcome {
  let file = try ScratchFile(bytes, name: name)
  let ingestor = Ingestor(format: format, schemas: schemas)
  var outcome = IngestOutcome(summary: IngestSummary(file: ""))
  outcome.summary = try ingestor.read(path: file.path, name: name) { event in
    switch event {
    case .example(let example): outcome.examples.append(example)
    case .rejected(let diagnostic, _): outcome.rejections.append(diagnostic)
    case .finding(let diagnostic): outcome.findings.append(diagnostic)
    }
  }
  return outcome
}

func ingest(
  _ text: String, as format: RawFormat? = nil, name: String = "data.json", schemas: SchemaSet? = nil
) throws -> IngestOutcome {
  try ingest(Array(text.utf8), as: format, name: name, schemas: schemas)
}
