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

func library(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "kto-data",
  products: [.executable(name: "kto-data", targets: ["kto-data"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // C: the system's libraries, and thin targets of ours.
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma", providers: [.apt(["libonig-dev"])]),
    .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CLibZip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLibBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLibLZMA", providers: [.apt(["liblzma-dev"])]),
    // A C++ target over Debian's simdjson, linked through its module map: the library's pkg-config
    // file carries a -D flag, which SwiftPM refuses.
    .target(name: "CSimdjson"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // DuckDB's C interface, loaded where a Parquet file is read or written.
    .target(name: "CDuckDB"),
    // Debian's OpenBLAS, loaded at the first product instead of with the program.
    .target(name: "COpenBLAS"),
    // Masks of bytes, and loops that are compiled once for each processor's vectors: Swift has neither.
    .target(name: "CTextKernels"),

    // What everything stands on.
    library(
      "KTOCore", "CSimdjson", "CTextKernels", "CLibYAML", "CLibCrypto", "CXXHash", "CZlib", "CLibZstd",
      "CLibBzip2",
      "CLibLZMA",
      .product(name: "DequeModule", package: "swift-collections")),

    // One subject each, without knowledge of one another.
    library("KTOTemplates", "KTOCore"),
    library("KTOTokenizer", "KTOCore", "CTextKernels", "COniguruma"),
    library("KTOSchema", "KTOCore", "CLibXML2"),
    library("KTOTables", "KTOCore", "CDuckDB", "CSQLite"),
    library("KTOKernels", "KTOCore", "COpenBLAS"),
    // Apart, because GRDB takes long to build and most targets do not need it.
    library(
      "KTOStore", "KTOCore", .product(name: "GRDB", package: "GRDB.swift"),
      .product(name: "GRDBSQLite", package: "GRDB.swift")),

    // Models on disk, data, training: an import may only go up this list.
    library("KTOHub", "KTOCore", "KTOTokenizer", "KTOTemplates"),
    library("KTOData", "KTOCore", "KTOTokenizer", "KTOHub", "KTOSchema", "KTOTables", "CLibXML2"),
    library("KTOModels", "KTOCore", "KTOTokenizer", "KTOTemplates", "KTOHub", "KTOKernels", "CLibZip"),
    library(
      "KTOTrain", "KTOCore", "KTOTokenizer", "KTOTemplates", "KTOHub", "KTOKernels", "KTOData", "KTOModels"),
    library(
      "KTORun", "KTOCore", "KTOTokenizer", "KTOHub", "KTOKernels", "KTOData", "KTOModels", "KTOTrain"),

    // The version, and the commit that is built.
    .plugin(name: "BuildCommit", capability: .buildTool()),
    .target(name: "KTOBuild", swiftSettings: strict, plugins: ["BuildCommit"]),

    // The commands, which alone parse arguments.
    .executableTarget(
      name: "kto-data",
      dependencies: [
        "KTOCore", "KTOTemplates", "KTOTokenizer", "KTOSchema", "KTOTables", "KTOKernels", "KTOHub",
        "KTOData",
        "KTOModels", "KTOTrain", "KTORun", "KTOBuild",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // What several test targets share.
    .target(
      name: "KTOTestSupport", dependencies: ["KTOCore"], path: "Tests/KTOTestSupport", swiftSettings: strict),
    tests("KTOTestSupportTests", "KTOTestSupport", "KTOCore"),
    tests("KTOCoreTests", "KTOCore", "KTOTestSupport", "CZlib", "CLibZstd", "CLibBzip2", "CLibLZMA"),
    tests("KTOTemplatesTests", "KTOTemplates", "KTOCore", "KTOTestSupport"),
    tests("KTOTokenizerTests", "KTOTokenizer", "KTOCore", "CTextKernels", "KTOTestSupport"),
    tests("KTOSchemaTests", "KTOSchema", "KTOCore"),
    tests("KTOTablesTests", "KTOTables", "KTOCore", "KTOTestSupport", "CSQLite"),
    tests("KTOKernelsTests", "KTOKernels", "KTOCore"),
    tests("KTOStoreTests", "KTOStore", "KTOCore", "KTOTestSupport"),
    tests("KTOHubTests", "KTOHub", "KTOTokenizer", "KTOCore", "KTOTestSupport"),
    tests("KTODataTests", "KTOData", "KTOSchema", "KTOTokenizer", "KTOCore", "KTOTestSupport"),
    tests(
      "KTOModelsTests", "KTOModels", "KTOHub", "KTOKernels", "KTOTokenizer", "KTOCore", "KTOTestSupport"),
    tests(
      "KTOTrainTests", "KTOTrain", "KTOModels", "KTOData", "KTOHub", "KTOKernels", "KTOTokenizer", "KTOCore",
      "KTOTestSupport"),
    tests(
      "KTORunTests", "KTORun", "KTOTrain", "KTOModels", "KTOData", "KTOHub", "KTOTokenizer", "KTOCore",
      "KTOTestSupport"),
    // Compares with what peers computed, in a folder that scripts/conformance.sh fills; elsewhere skipped.
    tests(
      "ConformanceTests", "KTOTrain", "KTOModels", "KTOData", "KTOHub", "KTOKernels", "KTOTokenizer",
      "KTOTemplates",
      "KTOCore"),
    // Drives the built binary, so it depends on none of its libraries.
    tests("CLITests", "kto-data", "KTOTestSupport"),
  ],
  cxxLanguageStandard: .cxx17
)
