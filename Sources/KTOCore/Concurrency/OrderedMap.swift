internal import Dispatch
internal import Synchronization

/// Maps inputs on several threads and hands the results out in the order of the inputs, one at a time, as they are
/// asked for.
///
/// Each thread reads its next input itself, one thread at a time, so reading, mapping and the caller's own work go on
/// at once. At most two inputs a thread and two more are under way, so memory is bounded when the caller is slow.
/// With one job everything happens on the caller's thread.
package final class OrderedMap<Input: Sendable, Output: Sendable> {
  private let work: SharedWork<Input, Output>
  /// What maps on the caller's thread; nil where threads do.
  private let inline: ((Input) throws -> Output)?
  /// Results that came before their turn.
  private var waiting: [Int: Result<Output, any Error>] = [:]
  private var nextNumber = 0
  private var workingThreads: Int
  private var isFinished = false

  /// - Parameters:
  ///   - jobs: threads that map, at least 1.
  ///   - read: the next input, nil after the last; called by one thread at a time, not again after it threw.
  ///   - worker: makes what maps on one thread; called once a thread.
  package init(
    jobs: Int, read: sending @escaping () throws -> Input?,
    worker: @escaping @Sendable () -> (Input) throws -> Output
  ) {
    let work = SharedWork<Input, Output>(read, room: 2 * jobs + 2)
    self.work = work
    workingThreads = jobs
    inline = jobs > 1 ? nil : worker()
    guard jobs > 1 else { return }
    let queue = DispatchQueue(label: "ordered map", attributes: .concurrent)
    for _ in 0..<jobs { queue.async { work.run(worker()) } }
  }

  deinit { work.stop() }

  /// The result of the next input; nil after the last.
  /// - Throws: the first error in the order of the inputs: of reading or of mapping. Nothing follows it.
  package func next() throws -> Output? {
    if isFinished { return nil }
    do {
      if let inline {
        if let (_, input) = work.nextInput() { return try inline(input.get()) }
      } else if let result = receive() {
        return try result.get()
      }
    } catch {
      finish()
      throw error
    }
    finish()
    return nil
  }

  private func receive() -> Result<Output, any Error>? {
    while true {
      if let result = waiting.removeValue(forKey: nextNumber) {
        nextNumber += 1
        work.room.signal()
        return result
      }
      if workingThreads == 0 { return nil }
      switch work.results.receive() {
      case .ended: workingThreads -= 1
      case .result(let number, let result): waiting[number] = result
      }
    }
  }

  private func finish() {
    isFinished = true
    waiting.removeAll()
    work.stop()
  }
}

/// What the threads of a map share: the input, from which they take turns, and where results go.
private final class SharedWork<Input: Sendable, Output: Sendable>: Sendable {
  enum Message: Sendable {
    case result(Int, Result<Output, any Error>)
    /// A thread has nothing left to do.
    case ended
  }

  private struct Reading {
    var read: () throws -> Input?
    var count = 0
    var isAtEnd = false
  }

  private let reading: Mutex<Reading>
  let results = Channel<Message>()
  /// How many more inputs may be under way.
  let room = DispatchSemaphore(value: 0)

  init(_ read: sending @escaping () throws -> Input?, room count: Int) {
    reading = Mutex(Reading(read: read))
    for _ in 0..<count { room.signal() }
  }

  /// Maps input after input until there are none.
  func run(_ map: (Input) throws -> Output) {
    while true {
      room.wait()
      guard let (number, input) = nextInput() else { break }
      results.send(.result(number, Result { try map(input.get()) }))
    }
    // This thread's place, so that the others find the end, too.
    room.signal()
    results.send(.ended)
  }

  /// No input is read any more; threads that wait for room find the end.
  func stop() {
    reading.withLock { $0.isAtEnd = true }
    room.signal()
  }

  /// The next input and its number; an error takes an input's place and is the last.
  func nextInput() -> (Int, Result<Input, any Error>)? {
    reading.withLock { reading in
      if reading.isAtEnd { return nil }
      let result: Result<Input, any Error>
      do {
        guard let input = try reading.read() else {
          reading.isAtEnd = true
          return nil
        }
        result = .success(input)
      } catch {
        reading.isAtEnd = true
        result = .failure(error)
      }
      reading.count += 1
      return (reading.count - 1, result)
    }
  }
}
