import KTOCore
import KTOData
import Testing

/// The sample files, damaged at random places: whatever comes in, nothing crashes and every finding has a place.
struct IngestDamageTests {
  private static let rounds = 8

  private static let samples: [String] = {
    let raw = String(#filePath.split(separator: "/Tests/")[0]) + "/data/raw"
    return (try? inputFiles([raw]))?.paths ?? []
  }()

  @Test(arguments: samples)
  func `a damaged file is survived`(path: String) throws {
    let whole = try readFile(path)
    let format = try #require(try ingest(whole).summary.format)
    var random = SeededGenerator(seed: UInt64(whole.count))
    for round in 0..<Self.rounds {
      var bytes = whole
      if round % 2 == 0 { bytes.removeSubrange(random.next(below: bytes.count)...) }
      for _ in 0..<random.next(below: 4) where !bytes.isEmpty {
        bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
      }
      let got = try ingest(bytes, as: format, name: "damaged") {
        $0.isStrict = true
        $0.jobs = 1 + round % 2
      }
      #expect((got.rejections + got.findings).allSatisfy { $0.location.map { $0.line > 0 } ?? false })
      if round % 2 == 0 {
        #expect(got.summary.isComplete == false || got.summary.rejected + got.examples.count > 0)
      }
    }
  }
}
