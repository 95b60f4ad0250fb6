import Foundation
import Geometry
import Volumes

let patient = FrameOfReference(uid: "1.0")
let first = FrameOfReference(uid: "1.1")
let second = FrameOfReference(uid: "1.2")

/// A scan from z0 upwards; the patient reaches from −420 to 580 mm.
func grid(from z0: Double = -330, slices: Int = 190, shift: Double = 0) throws
  -> VoxelGrid
{
  try VoxelGrid(
    size: [104, 72, slices], spacing: [4, 4, 4],
    origin: PatientPoint(x: -206 + shift, y: -136 + shift, z: z0 + shift))
}

func lying(
  in frame: FrameOfReference, degrees: SIMD3<Double> = .zero, shift: SIMD3<Double> = .zero
) -> RigidTransform {
  RigidTransform(
    from: patient, to: frame, rotationVector: degrees * .pi / 180, translation: shift)
}

/// Distance between a link and the truth at landmarks spread over trunk and head.
func errors(_ link: RigidTransform, _ truth: RigidTransform, z: ClosedRange<Double>)
  throws -> (mean: Double, degrees: Double)
{
  var distances: [Double] = []
  for x in stride(from: -140.0, through: 140, by: 70) {
    for y in stride(from: -80.0, through: 80, by: 40) {
      for z in stride(from: z.lowerBound, through: z.upperBound, by: 60) {
        let p = PatientPoint(x: x, y: y, z: z)
        distances.append(link(p).distance(to: truth(p)))
      }
    }
  }
  let turn = try link.inverse.then(truth).rotationAngle * 180 / .pi
  return (distances.reduce(0, +) / Double(distances.count), turn)
}
