import ArgumentParser
import Foundation
import Pipeline

/// The command: parses, calls `Pipeline`, prints, and turns outcomes into exit codes.
@main
struct Theratrack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theratrack",
    abstract: "Follow PET/CT response over cycles of radiopharmaceutical therapy.",
    discussion: """
      Research software, not a medical device: it measures and proposes, a person decides.

      Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but something is not assessable.
      """,
    version: Provenance.versionText,
    subcommands: [
      Index.self, Run.self, SUV.self, Show.self, Register.self, Export.self, Picture.self,
      Criteria.self, Nuclide.self, Dose.self, Commission.self, Phantom.self, Plugins.self,
    ])

  /// Runs a command line; every outcome ends in one of the documented exit codes.
  static func main() {
    // A file-size limit is a full disk: a write fails and is reported, the process lives.
    _ = signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      let message = fullMessage(for: error)
      let usage = exitCode(for: error)
      switch usage {
      case .success:
        Terminal.output(message)
        Foundation.exit(0)
      case .validationFailure:
        Terminal.error(message)
        Foundation.exit(2)
      default:
        report(error)
        Foundation.exit(1)
      }
    }
  }

  /// A failure, as JSON on standard output when the command line asks for JSON, else as text.
  private static func report(_ error: any Error) {
    if CommandLine.arguments.contains("--json") {
      Terminal.output(FailureReport(error).json)
    } else {
      Terminal.error("theratrack: \(FailureReport(error).error.text)")
    }
  }
}

extension ExitCode {
  /// The command did its work, but something in the result is not assessable.
  static let notAssessable = ExitCode(3)
}
