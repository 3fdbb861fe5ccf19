import Foundation
import KTOTestSupport
import Testing

struct TemporaryFolderTests {
  @Test func `what is written can be read, in folders below as well`() throws {
    let folder = try TemporaryFolder(["a.txt": "one"])
    try folder.write([0xFF, 0], to: "b/c/d")
    try folder.link("l", to: "a.txt")
    try folder.copy(folder.path("a.txt"), to: "e/f")
    #expect(try folder.text(of: "a.txt") == "one" && folder.text(of: "l") == "one")
    #expect(try folder.bytes(of: "b/c/d") == [0xFF, 0] && folder.text(of: "e/f") == "one")
    #expect(try folder.names == ["a.txt", "b", "e", "l"])
  }

  @Test func `the folder is removed with the value`() throws {
    var folder: TemporaryFolder? = try TemporaryFolder(["a": "b"])
    let path = try #require(folder?.path)
    #expect(FileManager.default.fileExists(atPath: path))
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `each has a folder of its own`() throws {
    let one = try TemporaryFolder()
    let other = try TemporaryFolder()
    #expect(one.path != other.path)
  }
}
