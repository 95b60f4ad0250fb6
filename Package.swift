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

/// Tests that compute little themselves: checks of values, and of what the command answers. What
/// they test is optimised; they compile in half the time when they are not.
let plain: [SwiftSetting] = strict + [.unsafeFlags(["-Onone"])]

/// Library targets also say `public import` for what their API shows.
let library: [SwiftSetting] = strict + [.enableUpcomingFeature("InternalImportsByDefault")]

/// Every C shim target.
let strictC: [CSetting] = [
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("conversion"),
  .treatAllWarnings(as: .error),
]

/// Every C++ shim target. DCMTK's own headers are in the system include folder, so they count
/// as system headers and stay quiet.
let strictCXX: [CXXSetting] = [
  .enableWarning("all"),
  .enableWarning("extra"),
  .enableWarning("conversion"),
  .treatAllWarnings(as: .error),
]

let ground: [Target.Dependency] = ["Quantities", "Geometry", "Kernels", "Volumes"]

/// Built and run by their make targets, which set BENCHMARKS; the tests need not wait for them.
let benchmarks: [Target] = [
  .executableTarget(
    name: "bench-registration", dependencies: ground + ["Phantoms", "Registration"],
    path: "Tests/Benchmarks/Registration/tool", swiftSettings: strict),
  .executableTarget(
    name: "bench-load", dependencies: ground + ["DICOMIO"], path: "Tests/Benchmarks/Load",
    exclude: ["compare.py", "peers.py", "requirements.txt", "run.sh"], swiftSettings: strict),
  .executableTarget(
    name: "bench-dose",
    dependencies: ground + ["Transport", "Phantoms", "DICOMIO", "Dosimetry"],
    path: "Tests/Benchmarks/Dose/tool", swiftSettings: strict),
  .executableTarget(
    name: "bench-pictures", dependencies: ground + ["Phantoms", "Reporting"],
    path: "Tests/Benchmarks/Pictures", exclude: ["run.sh", "pictures.py", "requirements.txt"],
    swiftSettings: strict),
  .executableTarget(
    name: "bench-lesions", dependencies: ground + ["Lesions", "Response", "Phantoms"],
    path: "Tests/Benchmarks/Lesions", exclude: ["run.sh", "lesions.py", "requirements.txt"],
    swiftSettings: strict),
  .executableTarget(
    name: "bench-warp", dependencies: ground + ["Registration"],
    path: "Tests/Benchmarks/Warp", exclude: ["run.sh", "warp.py", "requirements.txt"],
    swiftSettings: strict),
  .executableTarget(
    name: "bench-timeactivity", dependencies: ["Kernels"],
    path: "Tests/Benchmarks/TimeActivity",
    exclude: ["run.sh", "compare.py", "requirements.txt"], swiftSettings: strict),
]

let package = Package(
  name: "theratrack",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The ground.
    .target(name: "Quantities", swiftSettings: library),
    .target(name: "Geometry", dependencies: ["Quantities"], swiftSettings: library),
    .target(name: "VectorShim", cxxSettings: strictCXX),
    .target(name: "Kernels", dependencies: ["VectorShim"], swiftSettings: library),
    .target(
      name: "Volumes", dependencies: ["Quantities", "Geometry", "Kernels"], swiftSettings: library),

    // The stages, in the order of the data.
    .target(
      name: "DCMTKShim", cxxSettings: strictCXX,
      linkerSettings: [
        // Dependents first.
        .linkedLibrary("dcmjpeg"), .linkedLibrary("dcmjpls"), .linkedLibrary("dcmimage"),
        .linkedLibrary("dcmimgle"), .linkedLibrary("dcmdata"), .linkedLibrary("oflog"),
        .linkedLibrary("ofstd"),
        .linkedLibrary("openjp2"), .linkedLibrary("z"),
      ]),
    .target(name: "DICOMIO", dependencies: ground + ["DCMTKShim"], swiftSettings: library),
    .target(name: "Phantoms", dependencies: ground, swiftSettings: library),
    .target(name: "Registration", dependencies: ground, swiftSettings: library),
    .target(name: "Lesions", dependencies: ground, swiftSettings: library),
    .target(name: "Response", dependencies: ground + ["Lesions"], swiftSettings: library),
    .target(name: "Radiobiology", dependencies: ["Quantities"], swiftSettings: library),
    .target(name: "Transport", dependencies: ground, swiftSettings: library),
    .target(
      name: "Dosimetry", dependencies: ground + ["Radiobiology", "Transport"],
      swiftSettings: library),
    .target(
      name: "Planning", dependencies: ["Quantities", "Radiobiology", "Dosimetry"],
      swiftSettings: library),

    // Results: kept, shown.
    .target(
      name: "DigestShim", cSettings: strictC, linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "CourseStore",
      dependencies: ["DigestShim", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: library),
    .target(
      name: "PNGShim", cSettings: strictC,
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("deflate")]),
    .target(
      name: "NIfTIShim", cSettings: strictC,
      linkerSettings: [.linkedLibrary("z")]),
    .target(
      name: "Reporting", dependencies: ground + ["PNGShim", "NIfTIShim"], swiftSettings: library),

    // Joined.
    .target(
      name: "Pipeline",
      dependencies: ground + [
        "DICOMIO", "Phantoms", "Registration", "Lesions", "Response", "Radiobiology", "Transport",
        "Dosimetry", "Planning",
        "CourseStore", "Reporting", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: library),
    .executableTarget(
      name: "theratrack",
      dependencies: [
        "Pipeline", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Tests.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "CodecShim", path: "Tests/CodecShim", cxxSettings: strictCXX,
      linkerSettings: [
        .linkedLibrary("dcmjpeg"), .linkedLibrary("dcmjpls"), .linkedLibrary("dcmimage"),
        .linkedLibrary("dcmimgle"), .linkedLibrary("dcmdata"), .linkedLibrary("oflog"),
        .linkedLibrary("ofstd"), .linkedLibrary("openjp2"), .linkedLibrary("z"),
      ]),
    .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
    .testTarget(name: "GeometryTests", dependencies: ["Geometry"], swiftSettings: strict),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: strict),
    .testTarget(
      name: "VolumesTests", dependencies: ["Volumes", "Geometry", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "DICOMIOTests",
      dependencies: ground + ["DICOMIO", "DCMTKShim", "CodecShim", "TestSupport"],
      swiftSettings: plain),
    .testTarget(name: "PhantomsTests", dependencies: ground + ["Phantoms"], swiftSettings: strict),
    .testTarget(
      name: "RegistrationTests",
      dependencies: ground + ["Registration", "Phantoms", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "OutlineKernelsTests", dependencies: ground, swiftSettings: strict),
    .testTarget(
      name: "LesionsTests", dependencies: ground + ["Lesions", "Phantoms"], swiftSettings: strict),
    .testTarget(
      name: "ResponseTests", dependencies: ground + ["Lesions", "Response", "Phantoms"],
      swiftSettings: strict),
    .testTarget(
      name: "CriteriaTests",
      dependencies: ground + [
        "Lesions", "Response", "TestSupport", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: plain),
    .testTarget(
      name: "RadiobiologyTests", dependencies: ["Radiobiology", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "DosimetryTests",
      dependencies: ground + ["Dosimetry", "Phantoms", "Radiobiology", "Transport", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PlanningTests", dependencies: ["Planning", "Dosimetry", "Radiobiology", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests", dependencies: ground + ["Transport", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "CourseStoreTests", dependencies: ["CourseStore"], swiftSettings: strict),
    .testTarget(
      name: "ReportingTests", dependencies: ground + ["Reporting", "PNGShim"],
      swiftSettings: plain),
    .testTarget(
      name: "PipelineTests",
      dependencies: ground + [
        "Pipeline", "Registration", "Lesions", "Response", "Dosimetry", "CourseStore", "Phantoms",
        "DICOMIO", "TestSupport",
      ],
      swiftSettings: plain),
    // The command is built beside them, not before: they start it, and compile while it does.
    .testTarget(
      name: "EndToEndTests",
      dependencies: ground + ["DICOMIO", "Phantoms", "TestSupport"],
      swiftSettings: plain),
  ] + (Context.environment["BENCHMARKS"] == nil ? [] : benchmarks),
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
