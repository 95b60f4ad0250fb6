import DICOMIO
import Foundation
import Geometry
import Lesions
import Volumes

/// The organs and lesions that a person or another program outlined at a time point.
struct RegionOutlines {
  enum Source {
    case contours(StructureSet)
    case segments(SegmentationObject)
  }

  let source: Source

  /// Reads an RTSTRUCT or a SEG; the folder may hold other files beside it.
  static func load(_ url: URL) throws -> RegionOutlines {
    let files = try SeriesSelection.series(at: url, roles: [.structureSet, .segmentation])
    guard let file = files.first else { throw PipelineError.noScan(path: url.path) }
    do throws(DICOMReadError) {
      return RegionOutlines(source: .contours(try StructureSet.load(file: file)))
    } catch {
      guard error.isOtherKindOfObject else { throw error }
      return RegionOutlines(source: .segments(try SegmentationObject.load(file: file)))
    }
  }

  /// Regions in the order of the file, with the names of the house.
  var names: [String] {
    switch source {
    case .contours(let set): set.regions.map { RegionName.canonical($0.name) }
    case .segments(let object): object.segments.map { RegionName.canonical($0.label) }
    }
  }

  var lesionNames: [String] { names.filter(RegionName.isLesion) }
  var organNames: [String] { names.filter { !RegionName.isLesion($0) } }

  /// The voxels of `grid` at least half inside the region; `nil` when there is no such region.
  ///
  /// - Throws: ``DICOMReadError`` when the region lies in another frame than the image.
  func mask(_ name: String, on grid: VoxelGrid, frame: FrameOfReference) throws -> Mask? {
    switch source {
    case .contours(let set):
      guard let region = set.regions.first(where: { RegionName.canonical($0.name) == name }) else {
        return nil
      }
      return try set.mask(of: region, on: grid, frame: frame)
    case .segments(let object):
      guard
        let segment = object.segments.first(where: { RegionName.canonical($0.label) == name })
      else { return nil }
      return try object.mask(of: segment, on: grid, frame: frame)
    }
  }
}

/// Names of regions as outlining programs spell them, brought to one spelling.
enum RegionName {
  /// Lower case, words apart, side first: `Kidney_L`, `kidney left` and `LEFT KIDNEY` are all
  /// `left kidney`.
  static func canonical(_ text: String) -> String {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    var side = ""
    var rest: [String] = []
    for word in words {
      switch word {
      case "l", "left", "lt": side = "left"
      case "r", "right", "rt": side = "right"
      default: rest.append(word)
      }
    }
    let name = ([side] + rest).filter { !$0.isEmpty }.joined(separator: " ")
    return synonyms[name] ?? name
  }

  /// `lesion 1`, `GTV_Mass`, `tumour left`: anything a person would call a target.
  static func isLesion(_ name: String) -> Bool {
    name.split(separator: " ").contains {
      $0.hasPrefix("lesion") || $0.hasPrefix("gtv") || $0.hasPrefix("tumour")
        || $0.hasPrefix("tumor")
    }
  }

  private static let synonyms = [
    "urinary bladder": "bladder", "left parotid gland": "left parotid",
    "right parotid gland": "right parotid", "external": "body", "skin": "body",
    "lung": "lungs", "kidney": "kidneys",
  ]
}

extension DICOMReadError {
  /// Whether the file is sound but of another SOP class (0008,0016).
  var isOtherKindOfObject: Bool { tag == DICOMTag(0x0008, 0x0016) }
}
