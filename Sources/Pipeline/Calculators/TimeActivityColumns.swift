/// Columns of a table of values over time: `time_h`, a value and its standard deviation, each in one
/// of several units.
struct TimeActivityColumns {
  /// Columns by name, and their scale to hours and MBq.
  typealias Scaled = (name: String, scale: Double)

  /// The columns that a table has.
  struct Chosen {
    let time, value: Scaled
    let deviation: Scaled?
  }

  let values, deviations: [Scaled]

  static let times: [Scaled] = [("time_h", 1.0), ("time_min", 1.0 / 60), ("time_d", 24.0)]
  static let activities = units("activity")
  static let deviations = units("sd")
  private static let percentage: Scaled = ("sd_percent", 0.01)

  private static func units(_ quantity: String) -> [Scaled] {
    [("MBq", 1.0), ("Bq", 1e-6), ("kBq", 1e-3), ("GBq", 1e3)].map { ("\(quantity)_\($0.0)", $0.1) }
  }

  var names: [String] {
    (Self.times + values + deviations).map(\.name) + [Self.percentage.name]
  }

  /// - Parameter header: What the header of such a table is, for the error.
  /// - Throws: ``TableError`` where a column is missing or there in two units.
  func chosen(in table: TableFile, header: String) throws(TableError) -> Chosen {
    guard let time = try Self.column(Self.times, table), let value = try Self.column(values, table)
    else {
      let missing = try Self.column(Self.times, table) == nil ? "time_h" : values[0].name
      throw TableError(
        path: table.path, line: table.headerLine, reason: "the column \(missing) is missing",
        remedy: "The header is \(header).")
    }
    return Chosen(
      time: time, value: value,
      deviation: try Self.column(deviations + [Self.percentage], table))
  }

  /// The column of a quantity that the table has; `nil` for none.
  private static func column(
    _ choices: [Scaled], _ table: TableFile
  ) throws(TableError) -> Scaled? {
    let there = choices.filter { table.columns.contains($0.name) }
    guard there.count < 2 else {
      throw TableError(
        path: table.path, line: table.headerLine,
        reason: "\(there.map(\.name).joined(separator: " and ")) say the same twice",
        remedy: "Leave one column.")
    }
    return there.first
  }
}

extension TimeActivityColumns.Chosen {
  /// Hours, value and standard deviation of a row; the last `nil` where it is not given.
  func numbers(
    in row: TableFile.Row, of table: TableFile
  ) throws(TableError) -> (hours: Double, value: Double, deviation: Double?) {
    let number = try table.required(value.name, in: row) * value.scale
    var spread: Double?
    if let deviation, let given = try table.number(deviation.name, in: row) {
      spread = given * deviation.scale * (deviation.name == "sd_percent" ? number : 1)
    }
    return (try table.required(time.name, in: row) * time.scale, number, spread)
  }
}
