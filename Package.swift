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

/// Every C++ shim target. DCMTK's own headers are in the system include folder, so they count as
/// system headers and stay quiet.
let strictCXX: [CXXSetting] = [
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("conversion"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "theratrack",
  targets: [
    .target(name: "Quantities", swiftSettings: library),
    .target(name: "Geometry", dependencies: ["Quantities"], swiftSettings: library),
    .target(name: "Kernels", swiftSettings: library),
    .target(
      name: "Volumes", dependencies: ["Quantities", "Geometry", "Kernels"], swiftSettings: library),
    .target(
      name: "DCMTKShim", cxxSettings: strictCXX,
      linkerSettings: [
        .linkedLibrary("dcmdata"), .linkedLibrary("oflog"), .linkedLibrary("ofstd"),
      ]),
    .target(
      name: "DICOMIO", dependencies: ["DCMTKShim", "Volumes", "Kernels", "Geometry", "Quantities"],
      swiftSettings: library),
    .target(
      name: "Phantoms", dependencies: ["Volumes", "Kernels", "Geometry", "Quantities"],
      swiftSettings: library),
    .target(
      name: "Pipeline",
      dependencies: ["DICOMIO", "Phantoms", "Volumes", "Geometry", "Quantities"],
      swiftSettings: library),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "PhantomsTests", dependencies: ["Phantoms", "Volumes", "Geometry", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "DICOMIOTests",
      dependencies: ["DICOMIO", "Volumes", "Geometry", "Quantities", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PipelineTests", dependencies: ["Pipeline", "Phantoms", "TestSupport"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
