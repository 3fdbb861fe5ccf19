import Benchmark
import Foundation
import KTOCore
import KTOData

/// The sample conversations of one file over and over, 16 MB: parsed, and read as rows with all checks.
func registerData() {
  registering("data") {
    let sample = try readFile(Samples.root + "/data/raw/openai_feedback.jsonl")
    let contents = Data(repeatElement(sample, count: 16_000_000 / sample.count).joined())
    let path = NSTemporaryDirectory() + "/kto-benchmark-\(getpid()).jsonl"

    func register(_ name: String, _ run: @escaping () throws -> Void) {
      Rate.megabytes.register(
        name, work: Double(contents.count), prepare: { try contents.write(to: URL(filePath: path)) },
        run: { _ in try run() }, clean: { try FileManager.default.removeItem(atPath: path) })
    }

    register("data: parse 16 MB of JSONL") {
      var parser = JSONParser()
      for line in contents.split(separator: 0x0A) { blackHole(try parser.parse(Array(line))) }
    }
    for jobs in [1, ProcessInfo.processInfo.activeProcessorCount] {
      register("data: rows and checks of 16 MB of JSONL, jobs: \(jobs)") {
        let cursor = RowCursor([path], PipelineOptions(checks: CheckContext(), jobs: jobs))
        while let event = try cursor.next() { blackHole(event) }
        blackHole(cursor.finish())
      }
    }
  }
}
