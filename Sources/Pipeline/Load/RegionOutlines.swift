import DICOMIO
import Foundation
import Geometry
import Lesions
import Volumes

/// The organs and lesions that a person or another program outlined at a time point.
struct RegionOutlines {
  enum Source {
    case contours(StructureSet, StructureSet.Region)
    case segment(SegmentationObject, SegmentationObject.Segment)
  }

  /// One region, under a name that no other of the file has.
  struct Entry {
    /// In the spelling of the house, see ``RegionName``.
    let name: String
    /// As the file spells it.
    let title: String
    let source: Source
  }

  /// In the order of the file; regions that enclose nothing, as the point of an isocentre, are not
  /// among them.
  let entries: [Entry]
  /// For people: what was left out or called by another name, and what was odd in the file.
  let warnings: [String]

  /// Reads an RTSTRUCT or a SEG; the folder may hold other files beside it.
  static func load(_ url: URL) throws -> RegionOutlines {
    let files = try SeriesSelection.series(at: url, roles: [.structureSet, .segmentation])
    guard let file = files.first else { throw PipelineError.noScan(path: url.path) }
    return try RegionOutlines(file: file)
  }

  /// - Throws: ``DICOMReadError`` when the file is neither RTSTRUCT nor SEG, or is damaged.
  init(file: URL) throws(DICOMReadError) {
    do throws(DICOMReadError) {
      self.init(try StructureSet.load(file: file))
    } catch {
      guard error.isOtherKindOfObject else { throw error }
      self.init(try SegmentationObject.load(file: file))
    }
  }

  private init(_ set: StructureSet) {
    let solid = set.regions.filter { !$0.enclosesNothing }
    let empty = set.regions.filter(\.enclosesNothing).map {
      "region '\($0.name)' has no closed contour and was left out"
    }
    self.init(
      solid.map { ($0.name, .contours(set, $0)) },
      warnings: set.warnings + solid.flatMap(\.warnings) + empty)
  }

  private init(_ object: SegmentationObject) {
    self.init(
      object.segments.map { ($0.label, .segment(object, $0)) }, warnings: object.warnings)
  }

  /// Regions of one name are numbered, so that each is measured and none twice.
  private init(_ regions: [(title: String, source: Source)], warnings: [String]) {
    var counts: [String: Int] = [:]
    var entries: [Entry] = []
    var renamed: [String] = []
    for region in regions {
      let name = RegionName.canonical(region.title)
      let count = counts[name, default: 0] + 1
      counts[name] = count
      let own = count == 1 ? name : "\(name) (\(count))"
      if count > 1 { renamed.append("another region is called '\(name)': it is '\(own)' here") }
      entries.append(Entry(name: own, title: region.title, source: region.source))
    }
    self.entries = entries
    self.warnings = warnings + renamed
  }

  var names: [String] { entries.map(\.name) }
  var lesionNames: [String] { names.filter(RegionName.isLesion) }
  var organNames: [String] { names.filter { !RegionName.isLesion($0) } }

  /// The voxels of `grid` that make up the region; `nil` when there is no such region.
  ///
  /// - Throws: ``DICOMReadError`` when the region lies in another frame than the image.
  func mask(
    _ name: String, on grid: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> Mask? {
    switch entries.first(where: { $0.name == name })?.source {
    case .contours(let set, let region)?: try set.mask(of: region, on: grid, frame: frame)
    case .segment(let object, let segment)?:
      try object.mask(of: segment, on: grid, frame: frame)
    case nil: nil
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
