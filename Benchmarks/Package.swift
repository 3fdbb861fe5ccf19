// swift-tools-version: 6.2
import PackageDescription

// The libraries of the project, built a second time: what they offer has `package` access, which ends at a package's
// border. `Sources` is a link to the folder of that name, so nothing is copied; the targets are declared as there.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "kto-data-benchmarks",
  dependencies: [
    // No traits: allocations and retains are not intercepted, so those metrics say nothing here.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])
  ],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CLibYAML"),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CLibZip"),
    .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma"),
    .target(name: "CSimdjson"),
    .target(name: "CTextKernels"),
    .target(name: "KTOCore", dependencies: ["CSimdjson", "CLibYAML", "CLibCrypto"], swiftSettings: strict),
    .target(
      name: "KTOTokenizer", dependencies: ["KTOCore", "CTextKernels", "COniguruma"], swiftSettings: strict),
    .target(name: "KTOKernels", dependencies: ["KTOCore", "COpenBLAS"], swiftSettings: strict),
    .target(
      name: "KTOData", dependencies: ["KTOCore", "KTOTokenizer", "CLibXML2"], swiftSettings: strict),
    .target(
      name: "KTOModels", dependencies: ["KTOCore", "KTOTokenizer", "KTOKernels", "CLibZip"],
      swiftSettings: strict),
    .target(
      name: "KTOTrain", dependencies: ["KTOCore", "KTOTokenizer", "KTOKernels", "KTOData", "KTOModels"],
      swiftSettings: strict),

    // The tool looks for its targets in a folder of the name Benchmarks, which is this one.
    .executableTarget(
      name: "KTOBenchmarks",
      dependencies: [
        "KTOCore", "KTOTokenizer", "KTOKernels", "KTOData", "KTOModels", "KTOTrain",
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "KTOBenchmarks", swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // What compare_tokenizers.sh runs beside the peers.
    .executableTarget(
      name: "kto-benchmark-tokenizer", dependencies: ["KTOCore", "KTOTokenizer"], path: "TokenizerBenchmark",
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
