// Times the voxel dose methods, one JSON object per line.
//
//   bench-dose convolution FOLDER   a 200 × 200 × 190 dose map of Lu-177; writes what the peer needs
//   bench-dose montecarlo           decays per second in a virtual patient, and a lesion's error
//   bench-dose scan CT PET          the same in a real CT, with decays as its PET shows uptake
import Foundation
import Geometry
import Quantities
import Transport
import Volumes

let arguments = CommandLine.arguments.dropFirst()

switch arguments.first {
case "convolution": try Convolutions(folder: arguments.dropFirst().first).run()
case "montecarlo": try PatientRun().run(arguments.dropFirst().map { $0 })
case "scan" where arguments.count >= 3:
  let scan = RealScanRun(
    ct: arguments[arguments.startIndex + 1], pet: arguments[arguments.startIndex + 2])
  try scan.run(arguments.dropFirst(3).map { $0 })
default:
  print("usage: bench-dose convolution FOLDER | bench-dose montecarlo [NUCLIDE [DECAYS]]")
  print("       bench-dose scan CT_FOLDER PET_FOLDER [NUCLIDE [DECAYS]]")
  exit(2)
}
