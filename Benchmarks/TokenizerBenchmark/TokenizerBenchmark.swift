import Foundation
import KTOCore
import KTOTokenizer
import Synchronization

/// Encodes a file of documents with a tokenizer file, and prints how long that took: what compare_tokenizers.sh runs
/// beside its peers.
///
///     kto-benchmark-tokenizer TOKENIZER DOCUMENTS [PASSES] [THREADS]
///
/// DOCUMENTS holds, for each document, the count of its bytes as a little-endian 32-bit number, and the bytes. Every
/// pass encodes them all and keeps the ids; the first is cold, later ones find the word caches filled. A line of
/// JSON a pass.
@main struct TokenizerBenchmark {
  private let documents: Data
  private let ranges: [Range<Int>]

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: kto-benchmark-tokenizer TOKENIZER DOCUMENTS [PASSES] [THREADS]")
      exit(64)
    }
    let passes = arguments.count > 3 ? Int(arguments[3]) ?? 2 : 2
    let threads = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let clock = ContinuousClock()
    let loadStart = clock.now
    let tokenizer = try Tokenizer(tokenizerJSON: arguments[1])
    let load = seconds(clock.now - loadStart)
    let benchmark = try Self(documents: arguments[2])
    // As a server would: each thread keeps its encoder, and the memory of the last pass's ids takes the next one's.
    let sessions = (0..<threads).map { _ in EncodingSession(tokenizer) }
    for pass in 0..<passes {
      let start = clock.now
      try benchmark.encode(sessions)
      benchmark.report(
        pass: pass, load: load, seconds: seconds(clock.now - start), sessions.map(\.documents.ids))
    }
  }

  private init(documents path: String) throws {
    // In memory before the clock starts, as the peers have it.
    documents = try Data(contentsOf: URL(fileURLWithPath: path))
    var ranges: [Range<Int>] = []
    var position = 0
    while position + 4 <= documents.count {
      let count = documents[position..<position + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      ranges.append(position + 4..<position + 4 + count)
      position += 4 + count
    }
    self.ranges = ranges
  }

  /// Encodes an equal share of the text with each session, on a thread of its own.
  private func encode(_ sessions: [EncodingSession]) throws {
    if sessions.count == 1 { return try encode(ranges[...], sessions[0]) }
    // Each session is used by the thread of its index alone.
    nonisolated(unsafe) let sessions = sessions
    let failures = Mutex<[any Error]>([])
    let threads = unsafe sessions.count
    let borders = (0...threads).map { index in
      let byte = documents.count * index / threads
      return ranges.firstIndex { $0.lowerBound >= byte } ?? ranges.count
    }
    DispatchQueue.concurrentPerform(iterations: threads) { index in
      let share = ranges[borders[index]..<borders[index + 1]]
      do { try unsafe encode(share, sessions[index]) } catch { failures.withLock { $0.append(error) } }
    }
    if let failure = failures.withLock({ $0.first }) { throw failure }
  }

  private func encode(_ share: ArraySlice<Range<Int>>, _ session: EncodingSession) throws {
    session.removeAll()
    // No token is less than a byte here; memory that is not written to takes none.
    session.reserve(share.reduce(0) { $0 + $1.count })
    let bytes = documents.span
    for range in share { try session.add(bytes.extracting(range), addSpecialTokens: false) }
    session.finish()
  }

  private func report(pass: Int, load: Double, seconds: Double, _ ids: [[UInt32]]) {
    let bytes = ranges.reduce(0) { $0 + $1.count }
    // As the peers' side computes it: what the id and its place add up to.
    var hash: UInt64 = 0
    var place: UInt64 = 0
    for id in ids.joined() {
      hash &+= (UInt64(id) + 1) &* (2 &* place &+ 1)
      place += 1
    }
    print(
      #"{"load_s":\#(load),"pass":\#(pass),"seconds":\#(seconds),"bytes":\#(bytes),"#
        + #""tokens":\#(ids.reduce(0) { $0 + $1.count }),"hash":\#(hash),"#
        + #""mb_s":\#(Double(bytes) / seconds / 1e6)}"#)
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
