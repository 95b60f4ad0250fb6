import CourseStore
import Dosimetry
import Foundation
import Lesions
import Quantities
import Response

extension ResultTables {
  init(_ results: CourseResults) {
    self.init()
    for lesion in results.tracks?.lesions ?? [] {
      for point in lesion.points {
        lesionUptake.append(
          LesionUptakeRow(
            lesion: lesion.id, timePoint: point.timePoint, fate: point.words,
            suvMax: point.metrics?.suvMax.inBaseUnit,
            suvPeak: point.metrics?.suvPeak.value?.value.inBaseUnit,
            suvMean: point.metrics?.suvMean.inBaseUnit,
            volumeMillilitres: point.metrics?.metabolicVolume.millilitres))
      }
    }
    for cycle in results.cycles.map(\.dose) {
      for dose in cycle.doses {
        regionDose.append(
          RegionDoseRow(
            region: dose.region, cycle: cycle.cycle,
            tiaMegabecquerelHours: dose.fit.timeIntegratedActivity.value.megabecquerelHours,
            doseGray: dose.dose.value.gray,
            doseUncertaintyGray: dose.dose.standardUncertainty?.gray,
            bedGray: dose.effect?.biologicallyEffectiveDose.value.gray, note: ""))
      }
      for refused in cycle.notAssessable {
        regionDose.append(
          RegionDoseRow(
            region: refused.region, cycle: cycle.cycle, tiaMegabecquerelHours: nil, doseGray: nil,
            doseUncertaintyGray: nil, bedGray: nil, note: refused.reason))
      }
    }
  }
}
