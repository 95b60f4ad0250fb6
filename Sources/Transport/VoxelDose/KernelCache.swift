public import Foundation

/// Point kernels kept in a folder, so that each is simulated once.
///
/// A file is named by everything that went into the kernel; one that cannot be read, or that
/// says something else inside, is an error and never replaced in silence.
public struct KernelCache: Sendable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// Changes when the physics or the file format does, so that old files are not used.
  public static let version = 3

  /// The kernel of a radionuclide alone, read from the folder or simulated and written to it.
  ///
  /// - Throws: ``TransportError``; file errors as ``TransportError/kernelFile(_:)``.
  public func kernel(
    of scheme: DecayScheme, in material: Material = .water, histories: Int = 200_000,
    options: TransportOptions = .init()
  ) throws(TransportError) -> PointKernel {
    let file = folder.appending(
      path: Self.name(scheme.symbol, material, histories: histories, options: options))
    if FileManager.default.fileExists(atPath: file.path) {
      let kernel = try Self.read(file)
      guard kernel.radionuclide == scheme.symbol, kernel.material == material.name,
        kernel.histories == histories, kernel.options == options
      else { throw .kernelFile("\(file.lastPathComponent) holds another kernel") }
      return kernel
    }
    let kernel = try PointKernel(scheme, in: material, histories: histories, options: options)
    try write(kernel, to: file)
    return kernel
  }

  private static func name(
    _ symbol: String, _ material: Material, histories: Int, options: TransportOptions
  ) -> String {
    let cuts = [options.knockOnCutMeV, options.photonCutMeV, options.electronCutMeV]
      .map { String(Int(($0 * 1e6).rounded())) }.joined(separator: "-")
    let place = material.name.replacing(" ", with: "-")
    return "point-v\(version)-\(symbol)-\(place)-\(histories)-\(cuts)-\(options.seed).json"
  }

  private static func read(_ file: URL) throws(TransportError) -> PointKernel {
    do {
      return try JSONDecoder().decode(PointKernel.self, from: Data(contentsOf: file))
    } catch {
      throw .kernelFile("\(file.lastPathComponent) cannot be read")
    }
  }

  /// Written whole or not at all.
  private func write(_ kernel: PointKernel, to file: URL) throws(TransportError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try JSONEncoder().encode(kernel).write(to: file, options: .atomic)
    } catch {
      throw .kernelFile("\(file.lastPathComponent) cannot be written")
    }
  }
}
