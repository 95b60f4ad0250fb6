/// A table that becomes HTML for people, CSV for spreadsheets and JSON for programs.
///
/// Each column of numbers has a unit, so no output has a number without one.
public struct ReportTable: Sendable, Hashable, Codable {
  public struct Column: Sendable, Hashable, Codable {
    public enum Kind: Sendable, Hashable, Codable {
      case text
      case status
      /// One number per cell, in `unit` (`"1"` for plain ratios).
      case number(unit: String, format: NumberFormat)
      /// A value with its standard uncertainty (k = 1), both in `unit`.
      case estimate(unit: String)
    }
    /// Name in CSV and JSON, lower case with underscores: `suv_peak`. The unit is added.
    public let key: String
    /// Name on the page.
    public let heading: String
    public let kind: Kind

    public static func text(_ key: String, _ heading: String) -> Self {
      Self(key: key, heading: heading, kind: .text)
    }
    public static func status(_ key: String, _ heading: String) -> Self {
      Self(key: key, heading: heading, kind: .status)
    }
    public static func number(
      _ key: String, _ heading: String, unit: String, _ format: NumberFormat = .significant(3)
    ) -> Self {
      Self(key: key, heading: heading, kind: .number(unit: unit, format: format))
    }
    public static func estimate(_ key: String, _ heading: String, unit: String) -> Self {
      Self(key: key, heading: heading, kind: .estimate(unit: unit))
    }

    public var unit: String? {
      switch kind {
      case .text, .status: nil
      case .number(let unit, _), .estimate(let unit): unit
      }
    }
  }

  public enum NumberFormat: Sendable, Hashable, Codable {
    case significant(Int)
    case decimals(Int)
    /// With its sign, as for changes in per cent.
    case signed(decimals: Int)

    func text(_ value: Double) -> String {
      switch self {
      case .significant(let digits): NumberText.significant(value, digits: digits)
      case .decimals(let decimals): NumberText.fixed(value, decimals: decimals)
      case .signed(let decimals):
        (value > 0 ? "+" : "") + NumberText.fixed(value, decimals: decimals)
      }
    }
  }

  public enum Cell: Sendable, Hashable, Codable {
    case text(String)
    case number(Double)
    /// `standardUncertainty` is `nil` when none could be stated; `reason` then says why.
    case estimate(Double, standardUncertainty: Double?, reason: String? = nil)
    case status(Status, String)
    /// Not assessable, with the reason.
    case missing(String)
    /// The question does not arise: the SUV factor of a CT.
    case notApplicable
  }

  /// File stem and JSON key: `lesions`.
  public let name: String
  public let title: String
  public let columns: [Column]
  public let rows: [[Cell]]
  /// Explanations printed below the table.
  public let notes: [String]

  /// - Throws: ``ReportingError`` when a row does not fit the columns or a number is not finite.
  public init(
    name: String, title: String, columns: [Column], rows: [[Cell]], notes: [String] = []
  ) throws(ReportingError) {
    for (n, row) in rows.enumerated() {
      guard row.count == columns.count else {
        throw .rowLength(table: name, row: n + 1, columns: columns.count, cells: row.count)
      }
      for (cell, column) in zip(row, columns) where !cell.isFinite {
        throw .notANumber(what: "table '\(name)', row \(n + 1), column '\(column.key)'")
      }
    }
    (self.name, self.title, self.columns) = (name, title, columns)
    (self.rows, self.notes) = (rows, notes)
  }
}

extension ReportTable.Cell {
  var isFinite: Bool {
    switch self {
    case .number(let value): value.isFinite
    case .estimate(let value, let uncertainty, _):
      value.isFinite && uncertainty?.isFinite != false
    case .text, .status, .missing, .notApplicable: true
    }
  }
}

/// How a check ended. Never told by colour alone.
public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
  case pass
  case warn
  case fail
  case notAssessable = "not_assessable"

  /// As printed when nothing more is said.
  public var word: String {
    switch self {
    case .pass: "pass"
    case .warn: "warning"
    case .fail: "fail"
    case .notAssessable: "not assessable"
    }
  }

  var symbol: String {
    switch self {
    case .pass: "✓"
    case .warn: "!"
    case .fail: "✕"
    case .notAssessable: "–"
    }
  }
}
