public import Quantities

extension PETSeries {
  /// This series with body facts from elsewhere in place of ones its header lacks.
  ///
  /// What the header says is never replaced. For each fact that was used there is a line for the
  /// report.
  public func filling(
    weight: Mass?, height: Length?, sex: Sex?
  ) -> (series: PETSeries, used: [String]) {
    var header = header
    var used: [String] = []
    if (header.weight ?? 0) == 0, let weight {
      header.weight = weight.kilograms
      used.append("Patient's Weight (0010,1030) is absent; the course file's was used")
    }
    if (header.height ?? 0) == 0, let height {
      header.height = height.metres
      used.append("Patient's Size (0010,1020) is absent; the course file's was used")
    }
    if header.sex == nil, let sex {
      header.sex = sex
      used.append("Patient's Sex (0010,0040) is absent; the course file's was used")
    }
    return (PETSeries(facts: facts, header: header, rescaled: rescaled), used)
  }
}
