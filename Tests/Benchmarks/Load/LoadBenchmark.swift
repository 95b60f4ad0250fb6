import DICOMIO
import Foundation
import Volumes

/// Writes the two series of the load benchmark, or loads one of them in a fresh process and
/// prints what that cost as one line of JSON. `compare.py` runs it beside other readers.
@main
struct LoadBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      print("usage: bench-load write|ct|pet|headers FOLDER")
      exit(64)
    }
    let folder = URL(filePath: arguments[2])
    switch arguments[1] {
    case "write": try SyntheticScans(folder: folder).write()
    case "ct": try measure { try CTSeries.load(files: files(folder)).volume.samples }
    case "pet": try measure { try PETSeries.load(files: files(folder)).suvVolume().samples }
    default: try measure { DICOMFile.read(try files(folder)).map { _ in 0 } }
    }
  }

  private static func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .map { folder.appending(path: $0) }
  }

  private static func measure(_ load: () throws -> [Float]) throws {
    let before = Usage()
    let samples = try load()
    let after = Usage()
    let line: [String: Any] = [
      "method": "theratrack", "wall": after.wall - before.wall, "cpu": after.cpu - before.cpu,
      "peak_mb": after.peakMegabytes, "base_mb": before.peakMegabytes,
      "mean": samples.reduce(0) { $0 + Double($1) } / Double(samples.count),
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self))
  }
}

/// What this process has used so far.
private struct Usage {
  let wall = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
  let cpu: Double
  let peakMegabytes: Double

  init() {
    var usage = rusage()
    unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    peakMegabytes = Double(usage.ru_maxrss) * 1024 / 1e6
  }
}
