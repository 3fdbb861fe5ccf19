import Foundation
import KTOTestSupport
import Testing

@testable import KTOCore

struct InputSourceTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }
  private let text = Array("{\"prompt\": \"日本\"}\n".utf8)

  private func readAll(_ source: InputSource) throws -> [UInt8] { try readToEnd(source, named: "in") }

  @Test func `a file's count and hash are of its raw bytes and known at the end`() throws {
    let path = folder + "/a.txt"
    let text = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    try writeFile(path, gzip(text))
    let source = try InputSource(path)
    #expect(source.name == path && source.encodings == ["gzip"] && source.sha256 == nil)
    let isSame = try readAll(source) == text
    #expect(isSame)
    #expect(try source.sha256 == SHA256.hash(fileAt: path))
    #expect(try source.rawByteCount == fileByteCount(path))
    #expect(try source.read(upTo: 1) == [])
  }

  @Test func `a file that is not compressed is given as it is`() throws {
    try writeFile(folder + "/a", [0xEF, 0xBB, 0xBF] + text)
    let source = try InputSource(folder + "/a")
    #expect(try readAll(source) == [0xEF, 0xBB, 0xBF] + text && source.encodings == [])
    #expect(try source.sha256 == SHA256.hash(fileAt: folder + "/a"))
  }

  @Test func `an empty file is empty`() throws {
    try writeFile(folder + "/a", [])
    let source = try InputSource(folder + "/a")
    #expect(try readAll(source) == [] && source.sha256 == SHA256.hash([]) && source.encodings == [])
  }

  @Test func `a folder and what does not exist are errors`() throws {
    #expect(throws: FileError.isDirectory(path: folder)) { try InputSource(folder) }
    #expect(throws: FileError.cannotOpen(path: folder + "/a", reason: "No such file or directory")) {
      try InputSource(folder + "/a")
    }
  }

  @Test func `a named pipe is read once, compressed or not`() throws {
    let path = folder + "/pipe"
    #expect(unsafe mkfifo(path, 0o600) == 0)
    let long = [UInt8](repeating: 65, count: 300_000) + text
    for raw in [long, zstd(long), gzip(long)] {
      Thread.detachNewThread { write(raw, toPipe: path) }
      let source = try InputSource(path)
      #expect(try readAll(source) == long)
      #expect(source.rawByteCount == raw.count && source.sha256 == SHA256.hash(raw))
    }
  }

  @Test func `an open descriptor is read through /dev/fd, from where it stands`() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let raw = bzip2(text)
    #expect(unsafe write(ends[1], raw, raw.count) == raw.count)
    close(ends[1])
    let source = try InputSource("/dev/fd/\(ends[0])")
    close(ends[0])
    #expect(source.name.hasPrefix("/dev/fd/") && source.encodings == ["bzip2"])
    #expect(try readAll(source) == text)

    try writeFile(folder + "/a", Array("12345".utf8))
    let file = unsafe open(folder + "/a", O_RDONLY)
    defer { close(file) }
    lseek(file, 2, SEEK_SET)
    #expect(try readAll(InputSource("/dev/fd/\(file)")) == Array("345".utf8))
  }

  @Test func `a descriptor that is not open is an error`() {
    #expect(throws: FileError.cannotOpen(path: "/dev/fd/9999", reason: "Bad file descriptor")) {
      try InputSource("/dev/fd/9999")
    }
  }

  @Test func `a pipe that another program set not to wait is waited for`() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let (input, output, text) = (ends[0], ends[1], text)
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    Thread.detachNewThread {
      _ = unsafe write(output, text, text.count)
      close(output)
    }
    #expect(try readAll(InputSource("/dev/fd/\(input)")) == text)
    close(input)
  }

  @Test func `archives, databases and UTF-32 are refused by name, also inside of compression`() throws {
    for format in RefusedFormat.all {
      let head = [UInt8](repeating: 0x20, count: format.magicOffset) + format.magic
      let expected = InputError.refused(path: "in", format: format)
      #expect(try Reading(head + text).error == expected)
      #expect(try Reading(gzip(head)).error == expected)
      #expect(expected.description.contains(format.name))
    }
  }
}

private func write(_ bytes: [UInt8], toPipe path: String) {
  let descriptor = unsafe open(path, O_WRONLY)
  defer { close(descriptor) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if count <= 0 { return }
    rest = rest.dropFirst(count)
  }
}
