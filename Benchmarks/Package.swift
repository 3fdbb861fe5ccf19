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

func library(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "kto-data-benchmarks",
  dependencies: [
    // No traits: allocations and retains are not intercepted, so those metrics say nothing here.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CLibYAML"),
    .target(name: "COpenBLAS"),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CXXHash"),
    .systemLibrary(name: "CLibZip"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CLibZstd"),
    .systemLibrary(name: "CLibBzip2"),
    .systemLibrary(name: "CLibLZMA"),
    .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma"),
    .target(name: "CSimdjson"),
    .target(name: "CTextKernels"),
    library(
      "KTOCore", "CSimdjson", "CTextKernels", "CLibYAML", "CLibCrypto", "CXXHash", "CZlib", "CLibZstd",
      "CLibBzip2",
      "CLibLZMA",
      .product(name: "DequeModule", package: "swift-collections")),
    library("KTOTemplates", "KTOCore"),
    library("KTOTokenizer", "KTOCore", "CTextKernels", "COniguruma"),
    library("KTOSchema", "KTOCore", "CLibXML2"),
    library("KTOKernels", "KTOCore", "COpenBLAS"),
    library("KTOHub", "KTOCore", "KTOTokenizer", "KTOTemplates"),
    library("KTOData", "KTOCore", "KTOTokenizer", "KTOHub", "KTOSchema", "CLibXML2"),
    library("KTOModels", "KTOCore", "KTOTokenizer", "KTOTemplates", "KTOHub", "KTOKernels", "CLibZip"),
    library(
      "KTOTrain", "KTOCore", "KTOTokenizer", "KTOTemplates", "KTOHub", "KTOKernels", "KTOData", "KTOModels"),

    // The tool looks for its targets in a folder of the name Benchmarks, which is this one.
    .executableTarget(
      name: "KTOBenchmarks",
      dependencies: [
        "KTOCore", "KTOTokenizer", "KTOKernels", "KTOHub", "KTOData", "KTOModels", "KTOTrain",
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
