import DICOMIO
import Foundation
import Quantities

/// Names of nuclide and ligand as the headers of an image give them.
enum TracerName {
  static func nuclide(_ image: SeriesCatalogue.Series) -> Radionuclide? {
    image.uptake?.radionuclide.flatMap(Radionuclide.init(symbol:))
      ?? image.uptake?.radiopharmaceutical.flatMap { text in
        text.split(separator: " ").lazy.compactMap { Radionuclide(symbol: String($0)) }.first
      }
  }

  /// `Ga-68 DOTATATE`; `nil` when the headers name neither.
  static func text(_ image: SeriesCatalogue.Series) -> String? {
    let ligand = image.uptake?.radiopharmaceutical?.split(separator: " ").filter {
      Radionuclide(symbol: String($0)) == nil
    }.map(String.init).joined(separator: " ")
    let words = [nuclide(image)?.symbol, ligand].compactMap { $0 }.filter { !$0.isEmpty }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
