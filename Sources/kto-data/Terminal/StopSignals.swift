internal import Glibc
internal import Synchronization

/// Signals that ask a long run to stop where it can go on later: SIGINT, SIGTERM and, where nobody ignores it, SIGHUP.
/// The second one ends the process at once.
enum StopSignals {
  /// The first that came; nil before. What ends a process by a signal has 128 more as its status.
  static var received: Int32? {
    let signal = firstSignal.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// From now on signals are noted rather than obeyed. Call once.
  static func note() {
    // The variable is made before a handler can ask for it.
    _ = received
    signal(SIGINT, handler)
    signal(SIGTERM, handler)
    // nohup, and a shell for what outlives it, ignore this one on purpose.
    if !isIgnored(SIGHUP) { signal(SIGHUP, handler) }
    // Whoever started the process may have left them blocked.
    var wanted = sigset_t()
    unsafe sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&wanted, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }

  /// A pipe whose reader is gone does not end the process; writing to it fails instead.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}

/// A signal handler may touch nothing that takes a lock, so it has a number of its own, which no other code writes.
private let firstSignal = Atomic<Int32>(0)

private let handler: @convention(c) (Int32) -> Void = { number in
  let (isFirst, _) = firstSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed)
  guard isFirst else { _exit(128 + number) }
  let text: StaticString = "\nstopping after this step; once more ends at once\n"
  _ = unsafe write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
}

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard unsafe sigaction(number, nil, &action) == 0 else { return false }
  // SIG_IGN is the number 1 in the place of a function.
  return unsafe action.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
}
