internal import ArgumentParser
internal import KTOBuild
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOKernels
internal import KTORun
internal import KTOTables
internal import KTOTrain

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check the machine, the libraries and the configuration.",
    discussion: """
      Ends with 1 where something required is missing; each such line says how to fix it.

      EXAMPLES:
        kto-data doctor
        kto-data doctor --config config/config_test_kto.yaml
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var terminal: TerminalOptions

  func run() throws {
    let output = terminal.output
    var checks =
      [program(), compiler()] + libraries() + [matrixProducts(), parquet()] + machine() + [modelCache()]
    if configuration.path != nil || !configuration.overrides.isEmpty { checks.append(configurationCheck()) }
    for check in checks { print(check.text(on: output)) }
    let missingCount = checks.count { $0.state == .missing }
    print(missingCount == 0 ? "Everything required is here." : "\(missingCount) required and missing.")
    if missingCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private func program() -> Check { .good("kto-data", "\(productVersion), commit \(buildCommit)") }

  private func compiler() -> Check {
    guard let version = Machine.compilerVersion() else {
      return .poor(
        "Swift", "no compiler on the path; this binary runs without one",
        remedy: "to build: Swift 6.2 or later from https://www.swift.org/install/linux/")
    }
    return .good("Swift", version)
  }

  private func libraries() -> [Check] { linkedLibraries().map { .good($0.name, $0.version) } }

  private func matrixProducts() -> Check {
    let library: BLASDescription
    do {
      library = try BLASDescription.current()
    } catch {
      return .missing("OpenBLAS", error.reason, remedy: "apt-get install libopenblas0-pthread")
    }
    let detail = "\(library.version), kernel \(library.kernel), \(library.threadCount) threads"
    // OpenBLAS built for one old processor is many times slower than the one that chooses at start.
    guard library.configuration.contains("DYNAMIC_ARCH") else {
      return .poor(
        "OpenBLAS", detail + ", built for one processor alone",
        remedy: "a build with DYNAMIC_ARCH is faster: apt-get install libopenblas0-pthread")
    }
    return .good("OpenBLAS", detail)
  }

  private func parquet() -> Check {
    do {
      return .good("DuckDB", try DuckDB(library: duckDBLibrary()).version + ", for Parquet")
    } catch {
      return .poor("DuckDB", "\(error)", remedy: DuckDB.remedy)
    }
  }

  private func machine() -> [Check] {
    var checks: [Check] = []
    let processor = Machine.processor()
    let features =
      processor.features.isEmpty ? "no vector instructions known" : processor.features.joined(separator: " ")
    checks.append(
      .good("Processor", "\(processor.name), \(processor.coreCount) cores, \(features)"))
    if let memory = Machine.memory() {
      let detail = "\(byteText(memory.available)) available of \(byteText(memory.total))"
      checks.append(
        memory.available >= 2_000_000_000
          ? .good("Memory", detail)
          : .poor(
            "Memory", detail,
            remedy: "training SmolLM2-135M takes up to 2 GB; gradient_checkpointing: true takes less"))
    }
    if let free = Machine.freeDisk(at: ".") {
      checks.append(
        free >= 1_000_000_000
          ? .good("Disk", "\(byteText(free)) free here")
          : .poor("Disk", "\(byteText(free)) free here", remedy: "a build takes about 1 GB"))
    }
    return checks
  }

  private func modelCache() -> Check {
    let root = cache.root
    let models = cache.hub.list()
    guard !models.isEmpty else {
      return .poor(
        "Model cache", "no models in \(root)",
        remedy: "scripts/fetch_smollm2.sh imports SmolLM2-135M-Instruct; the tiny model needs no cache")
    }
    return .good(
      "Model cache", "\(root): " + models.map { excerpt($0.name, limit: 80) }.joined(separator: ", "))
  }

  private func configurationCheck() -> Check {
    let name = configuration.path ?? "--set"
    do {
      let loaded = try configuration.load()
      let folder = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
      return .good(
        "Configuration", "\(name): model \(excerpt(loaded.model.name, limit: 80)) in \(folder.path)")
    } catch let error as ConfigurationError {
      for diagnostic in error.diagnostics { terminal.error.show(diagnostic) }
      let count = error.diagnostics.count
      return .missing("Configuration", "\(name) has \(count == 1 ? "1 error" : "\(count) errors")")
    } catch {
      return .missing("Configuration", "\(error)")
    }
  }
}
