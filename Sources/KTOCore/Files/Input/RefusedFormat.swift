/// A format that is recognised so that its name can be said, and that is not read as text.
package struct RefusedFormat: Equatable, Sendable {
  /// With its article, such as `a zip archive`.
  package let name: String
  /// The command that makes text of it, with names in capitals to replace; nil where the name says it all.
  package let remedy: String?
  let magic: [UInt8]
  let magicOffset: Int

  init(_ name: String, magic: [UInt8], at magicOffset: Int = 0, remedy: String?) {
    self.name = name
    self.remedy = remedy
    self.magic = magic
    self.magicOffset = magicOffset
  }

  package static let zip = RefusedFormat(
    "a zip archive", magic: [0x50, 0x4B, 0x03, 0x04], remedy: "unzip -p ARCHIVE.zip > RECORDS.jsonl")
  package static let emptyZip = RefusedFormat(
    "a zip archive without files", magic: [0x50, 0x4B, 0x05, 0x06], remedy: nil)
  package static let sevenZip = RefusedFormat(
    "a 7z archive", magic: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C],
    remedy: "7z x -so ARCHIVE.7z > RECORDS.jsonl")
  package static let tar = RefusedFormat(
    "a tar archive", magic: Array("ustar".utf8), at: 257, remedy: "tar -xf ARCHIVE.tar")
  package static let parquet = RefusedFormat(
    "a Parquet file", magic: Array("PAR1".utf8),
    remedy: "duckdb -c \"COPY (FROM 'TABLE.parquet') TO 'RECORDS.jsonl' (FORMAT json)\"")
  package static let arrow = RefusedFormat(
    "an Arrow file", magic: Array("ARROW1\0\0".utf8), remedy: arrowRemedy)
  package static let arrowStream = RefusedFormat(
    "an Arrow stream, as the datasets library saves it", magic: [0xFF, 0xFF, 0xFF, 0xFF], remedy: arrowRemedy)
  private static let arrowRemedy =
    "python -c \"import datasets; datasets.Dataset.from_file('TABLE.arrow').to_json('RECORDS.jsonl')\""
  package static let avro = RefusedFormat("an Avro file", magic: Array("Obj\u{1}".utf8), remedy: nil)
  package static let numpy = RefusedFormat("a NumPy array", magic: [0x93] + Array("NUMPY".utf8), remedy: nil)
  package static let hdf5 = RefusedFormat("an HDF5 file", magic: [0x89] + Array("HDF\r\n".utf8), remedy: nil)
  package static let png = RefusedFormat("a PNG image", magic: [0x89] + Array("PNG\r\n".utf8), remedy: nil)
  package static let jpeg = RefusedFormat("a JPEG image", magic: [0xFF, 0xD8, 0xFF], remedy: nil)
  package static let gif = RefusedFormat("a GIF image", magic: Array("GIF89a".utf8), remedy: nil)
  package static let pdf = RefusedFormat("a PDF document", magic: Array("%PDF-".utf8), remedy: nil)
  package static let rar = RefusedFormat(
    "a RAR archive", magic: Array("Rar!\u{1A}\u{7}".utf8), remedy: "unrar p -inul ARCHIVE.rar > RECORDS.jsonl"
  )
  package static let oldOffice = RefusedFormat(
    "an Office document", magic: [0xD0, 0xCF, 0x11, 0xE0], remedy: "save the table as CSV")
  package static let program = RefusedFormat("a program", magic: [0x7F] + Array("ELF".utf8), remedy: nil)
  package static let sqlite = RefusedFormat(
    "an SQLite database", magic: Array("SQLite format 3\0".utf8),
    remedy: "sqlite3 -json DATABASE.sqlite 'SELECT * FROM RECORDS' > RECORDS.json")
  package static let utf32LittleEndian = RefusedFormat(
    "text in UTF-32", magic: [0xFF, 0xFE, 0, 0], remedy: "iconv -f UTF-32 -t UTF-8 OLD.jsonl > NEW.jsonl")
  package static let utf32BigEndian = RefusedFormat(
    "text in UTF-32", magic: [0, 0, 0xFE, 0xFF], remedy: "iconv -f UTF-32 -t UTF-8 OLD.jsonl > NEW.jsonl")

  package static let all: [RefusedFormat] = [
    zip, emptyZip, sevenZip, rar, tar, parquet, arrow, arrowStream, avro, sqlite, numpy, hdf5, png,
    jpeg, gif, pdf, oldOffice, program, utf32LittleEndian, utf32BigEndian,
  ]

  /// How many first bytes it takes to recognise any of them.
  static let headByteCount = all.map { $0.magicOffset + $0.magic.count }.max() ?? 0

  func isRecognized(in head: ArraySlice<UInt8>) -> Bool { head.dropFirst(magicOffset).starts(with: magic) }
}
