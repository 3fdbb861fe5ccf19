internal import Dispatch
internal import Synchronization

/// Encodes an input's batches on several threads and hands the results over on the caller's, in the input's order.
///
/// Each thread reads its next batch itself, which takes a small part of the time that encoding does, so reading,
/// encoding and `take` go on at once. At most two batches a thread and two more are under way, so memory is
/// bounded also when `take` is slow.
/// - Parameters:
///   - jobs: threads that encode; with 1 the caller's does everything.
///   - take: what is done with a batch's result.
/// - Throws: the first error in the input's order: of reading, of encoding, or of `take`.
func forEachEncoded(
  _ reader: sending BatchReader, with settings: EncodingSettings, jobs: Int,
  take: (EncodedBatch) throws -> Void
) throws {
  guard jobs > 1 else {
    var reader = reader
    var encoder = BatchEncoder(settings)
    while let batch = try reader.next() { try take(encoder.encode(batch)) }
    return
  }
  let work = SharedWork(reader, room: 2 * jobs + 2)
  let queue = DispatchQueue(label: "encode", attributes: .concurrent)
  for _ in 0..<jobs {
    queue.async {
      var encoder = BatchEncoder(settings)
      work.run { try encoder.encode($0) }
    }
  }
  // Results that came before their turn.
  var waiting: [Int: Result<EncodedBatch, any Error>] = [:]
  var next = 0
  var working = jobs
  var failure: (any Error)?
  while working > 0 {
    switch work.results.receive() {
    case .ended: working -= 1
    case .batch(let number, let result):
      waiting[number] = result
      while let ready = waiting.removeValue(forKey: next) {
        next += 1
        do { if failure == nil { try take(ready.get()) } } catch {
          failure = error
          work.stop()
        }
        work.room.signal()
      }
    }
  }
  if let failure { throw failure }
}

/// What the threads of a run share: the input, from which they take turns, and where results go.
private final class SharedWork: Sendable {
  enum Message: Sendable {
    case batch(Int, Result<EncodedBatch, any Error>)
    /// A thread has nothing left to do.
    case ended
  }

  private struct Input {
    var reader: BatchReader
    var count = 0
    var isAtEnd = false
  }

  private let input: Mutex<Input>
  let results = Channel<Message>()
  /// How many more batches may be under way.
  let room = DispatchSemaphore(value: 0)

  init(_ reader: sending BatchReader, room count: Int) {
    input = Mutex(Input(reader: reader))
    for _ in 0..<count { room.signal() }
  }

  /// Encodes batch after batch until there are none.
  func run(_ encode: (DocumentBatch) throws -> EncodedBatch) {
    while true {
      room.wait()
      guard let (number, batch) = nextBatch() else { break }
      results.send(.batch(number, Result { try encode(batch.get()) }))
    }
    // This thread's place, so that the others find the end, too.
    room.signal()
    results.send(.ended)
  }

  /// No batch is read any more.
  func stop() { input.withLock { $0.isAtEnd = true } }

  /// The next batch and its number; an error of the input takes a batch's place and is the last.
  private func nextBatch() -> (Int, Result<DocumentBatch, any Error>)? {
    input.withLock { input in
      if input.isAtEnd { return nil }
      let result: Result<DocumentBatch, any Error>
      do {
        guard let batch = try input.reader.next() else {
          input.isAtEnd = true
          return nil
        }
        result = .success(batch)
      } catch {
        input.isAtEnd = true
        result = .failure(error)
      }
      input.count += 1
      return (input.count - 1, result)
    }
  }
}

/// A queue between threads: what one thread sends arrives in its order.
private final class Channel<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  func send(_ element: Element) {
    elements.withLock { $0.append(element) }
    arrivals.signal()
  }

  /// Waits for an element.
  func receive() -> Element {
    arrivals.wait()
    return elements.withLock { $0.removeFirst() }
  }
}
