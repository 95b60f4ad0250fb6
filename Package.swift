// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: warnings are errors, unsafe code must say `unsafe`,
/// existentials must say `any`, and a file imports what it uses.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Library targets also say `public import` for what their API shows.
let library: [SwiftSetting] = strict + [.enableUpcomingFeature("InternalImportsByDefault")]

/// Every C shim target.
let strictC: [CSetting] = [
  .enableWarning("all"),
  .enableWarning("extra"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "theratrack",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "Quantities", swiftSettings: library),
    .target(name: "Geometry", dependencies: ["Quantities"], swiftSettings: library),
    .target(name: "Kernels", swiftSettings: library),
    .target(
      name: "Volumes", dependencies: ["Quantities", "Geometry", "Kernels"], swiftSettings: library),
    .target(
      name: "FourierShim", cSettings: strictC, linkerSettings: [.linkedLibrary("kissfft-float")]),
    .target(
      name: "Transport",
      dependencies: ["Quantities", "Geometry", "Kernels", "Volumes", "FourierShim"],
      swiftSettings: library),
    .target(
      name: "DigestShim", cSettings: strictC, linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "CourseStore",
      dependencies: ["DigestShim", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: library),
    .target(
      name: "Pipeline", dependencies: ["Quantities", .product(name: "Yams", package: "Yams")],
      swiftSettings: library),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
    .testTarget(name: "GeometryTests", dependencies: ["Geometry"], swiftSettings: strict),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: strict),
    .testTarget(
      name: "VolumesTests", dependencies: ["Volumes", "Geometry", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests",
      dependencies: ["Transport", "Volumes", "Geometry", "Quantities", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "CourseStoreTests", dependencies: ["CourseStore"], swiftSettings: strict),
    .testTarget(
      name: "PipelineTests", dependencies: ["Pipeline", "Quantities"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
