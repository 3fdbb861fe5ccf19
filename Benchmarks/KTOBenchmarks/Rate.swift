import Benchmark

/// Work by time, next to the time itself: what two machines or two sizes can be compared by.
struct Rate: Sendable {
  let metric: BenchmarkMetric
  /// How much work one unit of the metric is: 1e6 bytes for MB/s.
  let unit: Double

  static let megabytes = Rate("MB/s", unit: 1e6)
  static let gigaflops = Rate("GFLOP/s", unit: 1e9)
  static let tokens = Rate("tokens/s", unit: 1)

  private init(_ name: String, unit: Double) {
    metric = .custom(name, polarity: .prefersLarger, useScalingFactor: false)
    self.unit = unit
  }

  /// Registers a benchmark of something that does `work` each time, in bytes, operations or tokens.
  /// - Parameters:
  ///   - prepare: makes what one run needs; its time does not count.
  ///   - clean: takes it away again, uncounted too.
  func register<State>(
    _ name: String, work: Double, prepare: @escaping () throws -> State,
    run: @escaping (State) throws -> Void, clean: @escaping (State) throws -> Void = { _ in }
  ) {
    let configuration = Benchmark.Configuration(
      metrics: [.wallClock, metric], warmupIterations: 2, maxDuration: .seconds(3), maxIterations: 200)
    Benchmark(name, configuration: configuration) { benchmark in
      let state = try prepare()
      let clock = ContinuousClock()
      benchmark.startMeasurement()
      let seconds = try clock.measure { try run(state) } / .seconds(1)
      benchmark.stopMeasurement()
      try clean(state)
      benchmark.measurement(metric, Int((work / unit / seconds).rounded()))
    }
  }

  /// Registers a benchmark that needs nothing of its own for each run.
  func register(_ name: String, work: Double, run: @escaping () throws -> Void) {
    register(name, work: work, prepare: {}, run: run)
  }
}

/// Registers benchmarks over data that may be missing or broken, which then fails under the group's name.
func registering(_ group: String, _ body: () throws -> Void) {
  do { try body() } catch {
    let reason = "\(error)"
    Benchmark(group) { $0.error(reason) }
  }
}
