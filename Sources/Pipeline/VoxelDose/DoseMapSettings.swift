public import Quantities

/// How voxel doses are computed.
public struct DoseMapSettings: Sendable, Hashable, Codable {
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Electrons by a kernel over each voxel's own mass, photons by a kernel to 20 cm.
    case kernel
    /// By kernels, and by Monte Carlo in the voxels where no kernel is right.
    case hybrid
    /// Every decay followed through the tissue of the CT.
    case montecarlo
    /// Electrons and alphas where the decay is, photons left out.
    case local

    var words: String {
      switch self {
      case .kernel: "split-kernel convolution"
      case .hybrid: "split-kernel convolution, Monte Carlo where no kernel is right"
      case .montecarlo: "Monte Carlo"
      case .local: "local energy deposition, no photons"
      }
    }

    var isSimulated: Bool { self == .hybrid || self == .montecarlo }
  }

  /// What shape over time the voxels have.
  public enum TimeActivity: String, Sendable, Hashable, Codable, CaseIterable {
    /// That of the region a voxel lies in; only the amplitude is its own.
    case shared
    /// Amplitude and clearance of each voxel, where its scans tell them; else as shared.
    case fitted
  }

  public var method = Method.kernel
  public var timeActivity = TimeActivity.shared
  /// Decays that the Monte Carlo simulates per cycle, if it has anything to do.
  public var decays = 4_000_000
  public var seed: UInt64 = 1

  public static let allowedDecays = 1000...1_000_000_000

  public init() {}
}

/// Why a dose map could not be made.
public enum DoseMapError: Error, Hashable, Sendable {
  case noAgent
  case noDosimetry
  case noCT(timePoint: String)
  case noTime(timePoint: String)
  case aboveAdministered(timePoint: String, shown: Activity, left: Activity)
  case outsideCT(timePoint: String)
  case notFitted(cycle: Int)
}

extension DoseMapError: CustomStringConvertible {
  public var description: String {
    func gigabecquerels(_ activity: Activity) -> String { Digits.text(activity.gigabecquerels, 2) }
    switch self {
    case .noAgent:
      return "the course names no agent, so no dose can be computed; add 'agent' to the course file"
    case .noDosimetry:
      return "the course has no dosimetry time points; add the SPECT or PET of a cycle with role "
        + "dosimetry"
    case .noCT(let point):
      return "'\(point)' has no CT, so the density of its tissue is not known; "
        + "name the CT of the examination in the course file"
    case .noTime(let point):
      return "the image of '\(point)' does not say when it was acquired; export it again with its "
        + "Acquisition Date and Time (0008,0022), (0008,0032)"
    case .aboveAdministered(let point, let shown, let left):
      return "the image of '\(point)' shows \(gigabecquerels(shown)) GBq where at most "
        + "\(gigabecquerels(left)) GBq of the administered activity are left; check the calibration, "
        + "the administered activity and its time"
    case .outsideCT(let point):
      return "no activity of '\(point)' lies where its CT reaches; check that both belong to the "
        + "same examination"
    case .notFitted(let cycle):
      return
        "no time-activity curve of cycle \(cycle) could be fitted, for no organ and not for the "
        + "rest of the body; the reasons stand in the results"
    }
  }
}
