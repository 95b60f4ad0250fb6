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

let package = Package(
  name: "theratrack",
  targets: [
    .target(name: "Quantities", swiftSettings: library),
    .target(name: "Geometry", dependencies: ["Quantities"], swiftSettings: library),
    .target(name: "Kernels", swiftSettings: library),
    .target(
      name: "Volumes", dependencies: ["Quantities", "Geometry", "Kernels"], swiftSettings: library),

    .target(name: "Radiobiology", dependencies: ["Quantities"], swiftSettings: library),
    .target(
      name: "Dosimetry",
      dependencies: ["Quantities", "Geometry", "Kernels", "Volumes", "Radiobiology"],
      swiftSettings: library),
    .target(
      name: "Planning", dependencies: ["Quantities", "Radiobiology", "Dosimetry"],
      swiftSettings: library),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "RadiobiologyTests", dependencies: ["Radiobiology", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "DosimetryTests",
      dependencies: [
        "Dosimetry", "Radiobiology", "Volumes", "Geometry", "Quantities", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "PlanningTests", dependencies: ["Planning", "Dosimetry", "Radiobiology", "Quantities"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
