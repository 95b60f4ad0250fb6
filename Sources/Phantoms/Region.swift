import Foundation

/// The tissues a virtual patient is made of. Each voxel of the anatomy belongs to one.
public enum Region: UInt8, Sendable, Hashable, Codable, CaseIterable {
  case air, soft, fat, lungs, heart, blood, liver, leftKidney, rightKidney, spleen, spine, bone
  case bladder, salivaryGlands, bowel, stomach, thyroid, brain

  /// Mass density in g/mL, rounded from ICRP Publication 110 (2009), table A.1: soft tissue and
  /// organs 1.03–1.06, adipose 0.95, bone mixtures of spongiosa and cortex. Lungs as their CT shows
  /// them, −840 HU with vessels (Schneider 2000, Phys Med Biol 45:459): 0.385 there is lung breathed
  /// out, with its blood.
  public var density: Double {
    switch self {
    case .air: 0.001
    case .fat: 0.95
    case .lungs: 0.19
    case .spine: 1.20
    case .bone: 1.30
    case .bladder: 1.04
    case .spleen: 1.04
    default: 1.05
    }
  }

  /// SUVbw about one hour after Ga-68 DOTATATE. Typical means of published biodistributions:
  /// spleen > kidneys > liver, with a low background; urine as met in the bladder.
  var diagnosticSUV: Double {
    switch self {
    case .air: 0
    case .soft: 0.6
    case .fat: 0.25
    case .lungs: 0.4
    case .heart, .blood: 1.1
    case .liver: 5
    case .leftKidney, .rightKidney: 13
    case .spleen: 21
    case .spine: 0.9
    case .bone: 0.7
    case .bladder: 26
    case .salivaryGlands: 4
    case .bowel: 1.6
    case .stomach: 2.4
    case .thyroid: 2
    case .brain: 0.1
    }
  }

  /// How strongly the tissue varies on CT, as standard deviation in HU.
  var textureInHounsfield: Float {
    switch self {
    case .air: 0
    case .lungs: 28
    case .fat: 9
    case .spine, .bone: 42
    case .bladder, .blood, .heart: 3
    case .bowel, .stomach: 10
    default: 7
    }
  }
}

/// An organ as a physicist outlines it: one or more regions under one name.
public enum Organ: String, Sendable, Hashable, Codable, CaseIterable {
  case body, lungs, heart, liver
  case leftKidney = "left kidney"
  case rightKidney = "right kidney"
  case spleen, spine, bladder
  case salivaryGlands = "salivary glands"

  /// Lesions inside an organ belong to its outline, as on a planning CT.
  func contains(_ region: Region) -> Bool {
    switch self {
    case .body: region != .air
    case .lungs: region == .lungs
    case .heart: region == .heart
    case .liver: region == .liver
    case .leftKidney: region == .leftKidney
    case .rightKidney: region == .rightKidney
    case .spleen: region == .spleen
    case .spine: region == .spine
    case .bladder: region == .bladder
    case .salivaryGlands: region == .salivaryGlands
    }
  }
}
