import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct InputFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ names: String...) throws { for name in names { try folder.write("{}", to: name) } }

  /// The files that an input in the folder stands for, by their paths in it.
  private func files(_ inputs: [String] = ["d"], output: OutputPlaces = OutputPlaces()) throws -> [String] {
    try search(inputs, output: output).paths.map { String($0.dropFirst(folder.path.count + 1)) }
  }

  private func search(_ inputs: [String] = ["d"], output: OutputPlaces = OutputPlaces()) throws -> InputFiles
  {
    try inputFiles(inputs.map { folder.path($0) }, output: output)
  }

  private func messages(_ inputs: [String] = ["d"], output: OutputPlaces = OutputPlaces()) throws -> [String]
  {
    try search(inputs, output: output).findings.map { "\($0.code) \($0.message)" }
  }

  @Test func `inner folders are read too, in the order of the paths`() throws {
    try write("d/b.jsonl", "d/a/z.jsonl", "d/a.jsonl", "d/a/b/c.jsonl")
    #expect(try files() == ["d/a.jsonl", "d/a/b/c.jsonl", "d/a/z.jsonl", "d/b.jsonl"])
    #expect(try files(["d/"]) == files())
  }

  @Test func `what is no data by its name is named once`() throws {
    try write(
      "d/x.jsonl", "d/README.md", "d/LICENSE", "d/dataset_info.json", "d/.gitattributes", "d/in/cat.png",
      "d/.git/config.json", "d/state.json", "d/x.jsonl.lock", "d/load.py")
    #expect(try files() == ["d/x.jsonl"])
    #expect(
      try messages() == [
        "W19 not read: LICENSE, README.md (documentation); dataset_info.json, state.json, x.jsonl.lock (metadata, "
          + "not records); in/cat.png (images and other media); load.py (programs and settings); .git, "
          + ".gitattributes (hidden)"
      ])
  }

  @Test func `a name that only begins like a document's may be data`() throws {
    try write("d/license_questions.jsonl", "d/readme.json", "d/notice.csv")
    #expect(try files().count == 3)
  }

  @Test func `what cannot be read in a folder is a warning of its own`() throws {
    try write("d/x.jsonl")
    try folder.write("", to: "d/_SUCCESS")
    try folder.link("d/gone", to: "nowhere")
    try folder.link("d/in/up", to: "..")
    #expect(unsafe mkfifo(folder.path("d/pipe"), 0o600) == 0)
    #expect(try files() == ["d/x.jsonl"])
    #expect(
      try messages() == [
        "W20 this is left out: the file is empty",
        "W20 this is left out: a link to nowhere, which does not exist",
        "W20 this is left out: a link back to a folder that it lies in",
        "W20 this is left out: a pipe, a socket or a device is read only where it is named",
      ])
  }

  @Test func `a file that is named twice or found twice is read once`() throws {
    try write("d/x.jsonl")
    try folder.link("d/y.jsonl", to: "x.jsonl")
    #expect(unsafe link(folder.path("d/x.jsonl"), folder.path("d/z.jsonl")) == 0)
    #expect(try files() == ["d/x.jsonl"])
    #expect(try messages() == ["W19 not read: y.jsonl, z.jsonl (read already)"])
    #expect(try files(["d/x.jsonl", "d"]) == ["d/x.jsonl"])
    #expect(try messages(["d/x.jsonl", "d/x.jsonl"]) == ["W19 the file is named twice; it is read once"])
    #expect(
      try messages(["d/x.jsonl", "d/y.jsonl"]) == [
        "W19 the file is \(folder.path("d/x.jsonl")) again; it is read once"
      ])
  }

  @Test func `the output and what a stopped run left are not read`() throws {
    try write("d/in.jsonl", "d/out.jsonl", "d/out.jsonl.partial-123")
    let output = OutputPlaces(files: [folder.path("d/../d/out.jsonl")])
    #expect(try files(output: output) == ["d/in.jsonl"])
    #expect(
      try messages(output: output) == [
        "W19 not read: out.jsonl (the output); out.jsonl.partial-123 (what a stopped run left)"
      ])
  }

  @Test func `a folder that is written is not entered, unless it is the input`() throws {
    try write("d/in.jsonl", "d/out/train.jsonl", "d/out/other.jsonl")
    let output = OutputPlaces(folder: folder.path("d/out"), names: ["train.jsonl"])
    #expect(try files(output: output) == ["d/in.jsonl"])
    #expect(try files(["d/out"], output: output) == ["d/out/other.jsonl"])
  }

  @Test func `an output that is an input by another name is refused`() throws {
    try write("d/in.jsonl")
    #expect(unsafe link(folder.path("d/in.jsonl"), folder.path("hard.jsonl")) == 0)
    try folder.link("soft.jsonl", to: "d/in.jsonl")
    for name in ["hard.jsonl", "soft.jsonl"] {
      let path = folder.path(name)
      #expect(throws: FileError.isInput(path: path)) { try search(output: OutputPlaces(files: [path])) }
      #expect(throws: FileError.isInput(path: path)) {
        try search(["d/in.jsonl"], output: OutputPlaces(files: [path]))
      }
    }
  }

  @Test func `prepared shards in a folder are not read`() throws {
    try write(
      "d/x.jsonl", "d/s/manifest.json", "d/s/train/index.json", "d/s/train/shard.00000.mds",
      "d/quarantine.jsonl")
    #expect(try files() == ["d/x.jsonl"])
  }

  @Test func `a pattern stands for what it matches, a path that exists for itself`() throws {
    try write("d/part-01.jsonl", "d/part-02.jsonl", "d/x[1].jsonl", "d/x1.jsonl", "d/README.md")
    #expect(try files(["d/part-??.jsonl"]) == ["d/part-01.jsonl", "d/part-02.jsonl"])
    #expect(try files(["d/x[1].jsonl"]) == ["d/x[1].jsonl"])
    #expect(try files(["d/*"]).count == 4)
    #expect(throws: IngestError.noMatch(pattern: folder.path("d/*.gz"), folder: folder.path("d"))) {
      try search(["d/*.gz"])
    }
  }

  @Test func `a tilde is the home folder`() throws {
    try write("d/x.jsonl")
    #expect(try inputFiles(["~/d/*.jsonl"], home: folder.path).paths == [folder.path("d/x.jsonl")])
    #expect(throws: IngestError.notFound(path: "~/d/x.jsonl", near: nil)) {
      do { _ = try inputFiles(["~/d/x.jsonl"]) } catch IngestError.noFolder(let path, _) {
        throw IngestError.notFound(path: path, near: nil)
      }
    }
  }

  @Test func `what is not there is told with a name that is near`() throws {
    try write("d/train.jsonl", "d.json/x.jsonl")
    #expect(
      throws: IngestError.notFound(path: folder.path("d/trian.jsonl"), near: folder.path("d/train.jsonl"))
    ) {
      try search(["d/trian.jsonl"])
    }
    #expect(throws: IngestError.noFolder(path: folder.path("e/x"), folder: folder.path("e"))) {
      try search(["e/x"])
    }
    #expect(throws: IngestError.notAFolder(path: folder.path("d/train.jsonl/"))) {
      try search(["d/train.jsonl/"])
    }
    #expect(try files(["d.json/"]) == ["d.json/x.jsonl"])
  }

  @Test func `a folder without data says what it holds`() throws {
    try write("d/README.md")
    #expect(throws: IngestError.nothingToRead(folder.path("d"), leftOut: "README.md (documentation)")) {
      try search()
    }
  }
}
