import Benchmark
import Foundation
import KTOCore

/// The sample conversations of one file over and over, 16 MB: cut into records, and cut and parsed.
func registerJSON() {
  registering("JSON") {
    let sample = try readFile(Samples.root + "/data/raw/openai_feedback.jsonl")
    let contents = Data(repeatElement(sample, count: 16_000_000 / sample.count).joined())
    let path = NSTemporaryDirectory() + "/kto-benchmark-\(getpid()).jsonl"

    func register(_ name: String, _ read: @escaping (inout JSONRecordReader) throws -> Void) {
      Rate.megabytes.register(
        name, work: Double(contents.count), prepare: { try contents.write(to: URL(filePath: path)) },
        run: {
          var reader = try JSONRecordReader(path: path)
          try read(&reader)
        }, clean: { try FileManager.default.removeItem(atPath: path) })
    }

    register("JSON: cut 16 MB of JSONL into records") { reader in
      while case .record(let record)? = try reader.next() { blackHole(record.bytes.count) }
    }
    register("JSON: cut and parse 16 MB of JSONL") { reader in
      var parser = JSONParser()
      while case .record(let record)? = try reader.next() { blackHole(try parser.parse(record.bytes)) }
    }
  }
}
