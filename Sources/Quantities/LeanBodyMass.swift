import Foundation

/// Body-size formulas that normalise an uptake value.
///
/// All are published fits to adults; none is meant for children.
public enum LeanBodyMass {
  /// Janmahasatian et al. 2005, Clin Pharmacokinet 44:1051, for SUL as PERCIST uses it:
  /// 9270 W / (6680 + 216 BMI) for men, 9270 W / (8780 + 244 BMI) for women, W in kg and BMI in
  /// kg/m². For sex "other" the mean of the two, as the IBSI SUV benchmark does.
  public static func janmahasatian(weight: Mass, height: Length, sex: Sex) -> Mass {
    let bodyMassIndex = weight.kilograms / (height.metres * height.metres)
    let male = 9270 * weight.kilograms / (6680 + 216 * bodyMassIndex)
    let female = 9270 * weight.kilograms / (8780 + 244 * bodyMassIndex)
    return .kilograms(sex.choose(male: male, female: female))
  }

  /// The James formula: a W − b (W/H)², W in kg and H in cm, with a = 1.10 and b = `maleFactor`
  /// for men, a = 1.07 and b = 148 for women.
  ///
  /// - Parameter maleFactor: 128 in the usual form; a misprint of 120 lives on in some devices.
  ///   The formula falls again in obesity (above a BMI of 43 for men and 36 for women).
  public static func james(
    weight: Mass, height: Length, sex: Sex, maleFactor: Double = 128
  ) -> Mass {
    let ratio = weight.kilograms / (height.metres * 100)
    let male = 1.10 * weight.kilograms - maleFactor * ratio * ratio
    let female = 1.07 * weight.kilograms - 148 * ratio * ratio
    return .kilograms(sex.choose(male: male, female: female))
  }

  /// Ideal weight by Sugawara et al. 1999, Radiology 213:521, as SUVibw uses it:
  /// 48.0 + 1.06 (H − 152) for men, 45.5 + 0.91 (H − 152) for women, in kg, H in cm.
  public static func idealWeight(height: Length, sex: Sex) -> Mass {
    let above = height.metres * 100 - 152
    return .kilograms(sex.choose(male: 48.0 + 1.06 * above, female: 45.5 + 0.91 * above))
  }

  /// Body surface area in square metres, Du Bois 1916: 0.007184 W^0.425 H^0.725, W in kg, H in cm.
  public static func surfaceInSquareMetres(weight: Mass, height: Length) -> Double {
    0.007184 * pow(weight.kilograms, 0.425) * pow(height.metres * 100, 0.725)
  }
}

extension Sex {
  fileprivate func choose(male: Double, female: Double) -> Double {
    switch self {
    case .male: male
    case .female: female
    case .other: (male + female) / 2
    }
  }
}
