// swift-tools-version: 6.2
import PackageDescription

// libFuzzer over the tokenizer and over input, with the libraries of the project built a second time, under its
// instruments. `Sources` is a link to the folder of that name; the targets are declared as there. See run.sh.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "kto-data-fuzzing",
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    .systemLibrary(name: "CLibYAML"),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CXXHash"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CLibZstd"),
    .systemLibrary(name: "CLibBzip2"),
    .systemLibrary(name: "CLibLZMA"),
    .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma"),
    .target(name: "CSimdjson"),
    .target(name: "CTextKernels"),
    .target(
      name: "KTOCore",
      dependencies: [
        "CSimdjson", "CTextKernels", "CLibYAML", "CLibCrypto", "CXXHash", "CZlib", "CLibZstd", "CLibBzip2",
        "CLibLZMA",
        .product(name: "DequeModule", package: "swift-collections"),
      ], swiftSettings: strict),
    .target(
      name: "KTOTokenizer", dependencies: ["KTOCore", "CTextKernels", "COniguruma"], swiftSettings: strict),
    .executableTarget(
      name: "fuzz-tokenizer", dependencies: ["KTOTokenizer"], path: "TokenizerFuzzer", swiftSettings: strict),
    .executableTarget(
      name: "fuzz-input", dependencies: ["KTOCore"], path: "InputFuzzer", swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
