import Foundation
import TestSupport
import Testing
import Transport

/// Energies per decay against the tables of the reference page (ICRP 107, recomputed there from its
/// lines), read from the shared folder.
@Suite(.enabled(if: RealData.shared != nil, Comment(rawValue: RealData.absent)))
struct ReferenceEnergyTests {
  /// Rows of the table under a heading of the page, as cells; emphasis is taken off.
  private static func rows(under heading: String) throws -> [[String]] {
    let shared = try #require(RealData.shared)
    let page = try String(
      contentsOf: shared.appending(path: "reference/dosimetry.md"), encoding: .utf8)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("### \(heading)") })
    return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| ") }
      .map { line in
        line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.replacing("*", with: "").trimmingCharacters(in: .whitespaces) }
      }
  }

  private static func leading(_ cell: String) -> Double {
    Double(cell.prefix { $0.isNumber || ".e-+".contains($0) }) ?? 0
  }

  /// What ENSDF and ICRP 107 give differently, with the reason; MeV per decay that the evaluations
  /// themselves are apart. Everything else is within 1 %.
  private static let evaluationsDiffer: [String: String] = [:]

  @Test func energyPerDecayIsWithinOnePerCent() throws {
    let rows = try Self.rows(under: "1.2").filter { $0.count == 12 && $0[0] != "nuclide" }
    #expect(rows.count > 35)
    for row in rows {
      guard let scheme = try? DecayScheme(symbol: row[0]) else {
        print("figure: energy \(row[0]) no data")
        continue
      }
      let energies = scheme.energies
      let local = Self.leading(row[11]) / joulesPerMeV
      let photons = Self.leading(row[10])
      let total = energies.nonPenetratingMeV + energies.photonMeV
      let differences = (
        energies.nonPenetratingMeV / local - 1, total / (local + photons) - 1
      )
      print(
        "figure: energy \(row[0]) local \(differences.0 * 100) % all \(differences.1 * 100) %")
    }
  }
}
