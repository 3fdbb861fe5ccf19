import Foundation
import KTOTestSupport
import Testing

@testable import KTOCore

struct OutputAndFolderTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  @Test func `an output that is an input by another name is refused, also by force`() throws {
    try writeFile(folder + "/a", [1])
    #expect(unsafe symlink(folder + "/a", folder + "/link") == 0)
    #expect(unsafe Glibc.link(folder + "/a", folder + "/hard") == 0)
    for name in ["a", "./a", "link", "hard"] {
      let path = folder + "/" + name
      #expect(isSameFile(folder + "/a", path))
      #expect(throws: FileError.isInput(path: path)) {
        var file = try OutputFile(named: path, force: true, inputs: [folder + "/b", folder + "/a"])
        try file.commit()
      }
    }
    #expect(try readFile(folder + "/a") == [1])
  }

  @Test func `files that differ, or do not exist, or are devices, are not the same`() throws {
    try writeFile(folder + "/a", [1])
    try writeFile(folder + "/b", [1])
    #expect(!isSameFile(folder + "/a", folder + "/b"))
    #expect(!isSameFile(folder + "/a", folder + "/none"))
    #expect(!isSameFile("/dev/null", "/dev/null"))
  }

  @Test func `an output that is named is a file`() throws {
    var file = try OutputFile(named: folder + "/a", force: false, inputs: ["-"])
    try file.write([1, 2])
    try file.commit()
    #expect(try readFile(folder + "/a") == [1, 2])
  }

  @Test func `a dash is standard output and makes no file`() throws {
    var file = try OutputFile(named: "-", force: false)
    try file.write([])
    try file.commit()
    #expect(!fileExists("-"))
  }

  @Test func `a folder's entries come in the order of their bytes, with what links lead to`() throws {
    for name in ["b", "a", "B", "é", "z", ".hidden"] { try writeFile(folder + "/" + name, []) }
    try makeDirectory(folder + "/folder")
    #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
    for (name, target) in [("to-file", "a"), ("to-folder", "folder"), ("to-nothing", "x"), ("loop", "loop")] {
      #expect(unsafe symlink(target, folder + "/" + name) == 0)
    }
    let entries = try folderEntries(folder)
    #expect(
      entries.map(\.name) == [
        ".hidden", "B", "a", "b", "folder", "loop", "pipe", "to-file", "to-folder", "to-nothing", "z", "é",
      ])
    #expect(
      entries.map(\.kind) == [
        .file, .file, .file, .file, .folder, .danglingLink, .other, .file, .folder, .danglingLink, .file,
        .file,
      ])
    #expect(entries.allSatisfy { fileKind(folder + "/" + $0.name) == $0.kind })
    #expect(fileKind(folder + "/x") == nil)
  }

  @Test func `a name that is not UTF-8 keeps its kind`() throws {
    let name = Array((folder + "/").utf8) + [0xFF, 0]
    #expect(unsafe mkdir(name.map { CChar(bitPattern: $0) }, 0o755) == 0)
    #expect(try folderEntries(folder) == [FolderEntry(name: "\u{FFFD}", kind: .folder)])
  }

  @Test func `what is no folder is an error, and an empty folder is empty`() throws {
    #expect(try folderEntries(folder) == [])
    #expect(throws: FileError.cannotOpen(path: folder + "/x", reason: "No such file or directory")) {
      try folderEntries(folder + "/x")
    }
    try writeFile(folder + "/a", [])
    #expect(throws: FileError.cannotOpen(path: folder + "/a", reason: "Not a directory")) {
      try folderEntries(folder + "/a")
    }
  }
}
