import ArgumentParser
import Foundation
import Pipeline

/// `theratrack dose course.yaml --method kernel -o dose`
struct DoseMap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Dose per voxel of every cycle, and of all together in the reference frame.",
    discussion: """
      Registers the scans of the course, fits the regions over time, gives each voxel the shape of
      its region (or its own clearance, with --time-activity fitted), and turns decays into dose in
      the tissue that the CT shows:

        kernel      electrons by a kernel over each voxel's mass, photons by a kernel to 20 cm
        hybrid      the same, and Monte Carlo where no kernel is right: lung or bone that electrons
                    of long range cross (Y-90, Ho-166, Re-188 …)
        montecarlo  every decay followed through the tissue, with its statistical uncertainty
        local       electrons where the decay is, photons left out

      Writes RT Dose objects, pictures, dvh.csv and dose.json into OUTPUT/dose. With the folder of
      'theratrack run' as output, what is there already is used again.

      Examples:
        theratrack dose course.yaml -o results
        theratrack dose course.yaml --method hybrid -o results
        theratrack dose course.yaml --time-activity fitted -o results
        theratrack dose course.yaml --method montecarlo --decays 10000000 -o results
      """)

  @Argument(help: "Course file, as 'theratrack index' writes it.")
  var course: String

  @Option(help: "How decays become dose.")
  var method = DoseMapSettings.Method.kernel

  @Option(
    help: "Shape over time of a voxel: shared by its region, or fitted to it where its scans tell.")
  var timeActivity = DoseMapSettings().timeActivity

  @Option(name: .shortAndLong, help: "Folder for the results; made if it is not there.")
  var output: String = "results"

  @Option(help: "Decays that the Monte Carlo simulates per cycle.")
  var decays = DoseMapSettings().decays

  @Option(help: "Seed of the Monte Carlo: the same seed gives the same map.")
  var seed: UInt64 = DoseMapSettings().seed

  @Flag(help: "Interpolate missing slices, and list them as warnings, instead of refusing a scan.")
  var allowGaps = false

  @Flag(help: "Print one JSON object instead of tables.")
  var json = false

  func validate() throws {
    guard DoseMapSettings.allowedDecays.contains(decays) else {
      throw ValidationError("Give --decays a number from 1000 to 1000000000.")
    }
  }

  func run() throws {
    var course = try Course(file: URL(filePath: course))
    course.allowsGaps = allowGaps || course.allowsGaps
    var settings = DoseMapSettings()
    (settings.method, settings.decays, settings.seed) = (method, decays, seed)
    settings.timeActivity = timeActivity
    let results = try DoseMapRun(
      course: course, settings: settings, output: URL(filePath: output),
      progress: Terminal.progress()
    ).run()
    Terminal.output(try json ? results.json() : results.text())
    if !results.isAssessable { throw ExitCode.notAssessable }
  }
}

extension DoseMapSettings.Method: ExpressibleByArgument {}
extension DoseMapSettings.TimeActivity: ExpressibleByArgument {}
