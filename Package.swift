// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "kto-data",
  products: [.executable(name: "kto-data", targets: ["kto-data"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma", providers: [.apt(["libonig-dev"])]),
    .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibZip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLibBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLibLZMA", providers: [.apt(["liblzma-dev"])]),
    // A C++ target over Debian's simdjson, linked through its module map: the library's pkg-config
    // file carries a -D flag, which SwiftPM refuses.
    .target(name: "CSimdjson"),
    // Masks of bytes, and loops that are compiled once for each processor's vectors: Swift has neither.
    .target(name: "CTextKernels"),

    .target(
      name: "KTOCore",
      dependencies: [
        "CSimdjson", "CLibYAML", "CLibCrypto", "CZlib", "CLibZstd", "CLibBzip2", "CLibLZMA",
      ], swiftSettings: strict),
    .target(
      name: "KTOTokenizer", dependencies: ["KTOCore", "CTextKernels", "COniguruma"], swiftSettings: strict),
    .target(name: "KTOKernels", dependencies: ["KTOCore", "COpenBLAS"], swiftSettings: strict),
    .target(
      name: "KTOData", dependencies: ["KTOCore", "KTOTokenizer", "CLibXML2"],
      swiftSettings: strict),
    .target(
      name: "KTOTrain",
      dependencies: ["KTOCore", "KTOTokenizer", "KTOKernels", "KTOData", "CLibZip"],
      swiftSettings: strict),
    .executableTarget(
      name: "kto-data",
      dependencies: ["KTOCore", "KTOTokenizer", "KTOData", "KTOKernels", "KTOTrain", argumentParser],
      swiftSettings: strict),

    .testTarget(
      name: "KTOCoreTests", dependencies: ["KTOCore", "CZlib", "CLibZstd", "CLibBzip2", "CLibLZMA"],
      swiftSettings: strict),
    .testTarget(
      name: "KTOTokenizerTests", dependencies: ["KTOTokenizer", "KTOCore", "CTextKernels"],
      swiftSettings: strict),
    .testTarget(
      name: "KTODataTests", dependencies: ["KTOData", "KTOTokenizer", "KTOCore"], swiftSettings: strict),
    .testTarget(name: "KTOKernelsTests", dependencies: ["KTOKernels", "KTOCore"], swiftSettings: strict),
    .testTarget(
      name: "KTOTrainTests",
      dependencies: ["KTOTrain", "KTOKernels", "KTOData", "KTOTokenizer", "KTOCore"], swiftSettings: strict),
    // Compares with what peers computed, in a folder that scripts/conformance.sh fills; elsewhere skipped.
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["KTOTrain", "KTOKernels", "KTOTokenizer", "KTOCore"], swiftSettings: strict),
    // Drives the built binary, so it depends on no library of ours.
    .testTarget(name: "CLITests", dependencies: ["kto-data"], swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
