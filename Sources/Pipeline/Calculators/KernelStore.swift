import Dosimetry
import Foundation
import Transport

/// Where the point kernels of radionuclides are kept between runs: each is simulated once.
struct KernelStore {
  let material: Material

  /// Decays per nuclide: about 0.2 % statistical error of a sphere above 10 mg.
  static let histories = 50_000

  /// `$THERATRACK_CACHE`, else the user's cache folder.
  static var folder: URL {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["THERATRACK_CACHE"], !path.isEmpty { return URL(filePath: path) }
    if let path = environment["XDG_CACHE_HOME"], !path.isEmpty {
      return URL(filePath: path).appending(path: "theratrack")
    }
    return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/theratrack")
  }

  /// The kernels of a radionuclide and its daughters.
  func kernels(
    parent: String, daughters: DecayKernels.Daughters = .shortLived
  ) throws(TransportError) -> DecayKernels {
    try DecayKernels(parent: parent, daughters: daughters, kernel: kernel)
  }

  /// A folder that cannot be written costs the time of a simulation, not the answer.
  private func kernel(_ scheme: DecayScheme) throws(TransportError) -> PointKernel {
    do {
      return try KernelCache(folder: Self.folder.appending(path: "kernels"))
        .kernel(of: scheme, in: material, histories: Self.histories)
    } catch TransportError.kernelFile {
      return try PointKernel(scheme, in: material, histories: Self.histories)
    }
  }
}
