import Foundation
import Testing

@testable import Reporting

@Suite struct TableTests {
  private func csv(_ cells: [ReportTable.Cell], _ columns: [ReportTable.Column]) throws -> String {
    let table = try ReportTable(name: "t", title: "T", columns: columns, rows: [cells])
    return String(decoding: TableWriter.csv(table), as: UTF8.self)
  }

  /// RFC 4180, section 2, rules 5 to 7.
  @Test func quotesAreSetAsRFC4180Asks() {
    #expect(TableWriter.textField("plain") == "plain")
    #expect(TableWriter.textField("a,b") == "\"a,b\"")
    #expect(TableWriter.textField("say \"b\"") == "\"say \"\"b\"\"\"")
  }

  /// OWASP: a cell that begins with = + - @ runs as a formula in spreadsheets.
  @Test(arguments: ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
  func formulasAreNeutralised(text: String) {
    let field = TableWriter.textField(text)
    #expect(!["=", "+", "-", "@"].contains(field.prefix(1)))
    #expect(!field.contains { $0.isNewline || $0 == "\t" })
  }

  @Test func negativeNumbersStayNumbers() throws {
    let line = try csv(
      [.number(-12.5), .text("-7")], [.number("a", "A", unit: "HU"), .text("b", "B")])
    #expect(line == "a_HU,b,not_assessable\r\n-12.5,-7,\r\n")
  }

  @Test func everyNumberHasItsUnitInTheColumnName() throws {
    let line = try csv(
      [
        .estimate(23.25, standardUncertainty: 2.5), .number(4.1e-7), .number(-50),
        .missing("no CT, no link"), .status(.pass, ""),
      ],
      [
        .estimate("dose", "Dose", unit: "Gy"), .number("factor", "Factor", unit: "g/mL"),
        .number("change", "Change", unit: "%"), .estimate("tia", "TIA", unit: "MBq·h"),
        .status("state", "State"),
      ])
    let lines = line.components(separatedBy: "\r\n")
    #expect(
      lines[0]
        == "dose_Gy,dose_standard_uncertainty_Gy,factor_g_per_mL,change_percent,"
        + "tia_MBq_h,tia_standard_uncertainty_MBq_h,state,not_assessable")
    #expect(lines[1] == "23.25,2.5,4.1e-07,-50,,,pass,\"tia: no CT, no link\"")
  }

  @Test func theSampleTablesHaveAsManyFieldsAsColumns() throws {
    for table in try SampleReport().content().tables {
      let lines = String(decoding: TableWriter.csv(table), as: UTF8.self)
        .components(separatedBy: "\r\n").dropLast()
      // No field of the sample but the quoted reasons at the end of a line has a comma.
      let counts = Set(lines.map { $0.prefix { $0 != "\"" }.count { $0 == "," } })
      #expect(counts.count == 1, "\(table.name)")
    }
  }

  @Test func whatIsNotANumberIsRefused() {
    #expect(throws: ReportingError.notANumber(what: "table 't', row 1, column 'a'")) {
      try csv([.number(.nan)], [.number("a", "A", unit: "Gy")])
    }
    #expect(throws: ReportingError.rowLength(table: "t", row: 1, columns: 1, cells: 2)) {
      try csv([.number(1), .number(2)], [.number("a", "A", unit: "Gy")])
    }
    #expect(throws: ReportingError.self) { try JSONWriter.data(["a": Double.infinity]) }
  }

  @Test func jsonHasSortedKeysAndEndsItsLine() throws {
    let text = String(decoding: try JSONWriter.data(["b": 1, "a": 2]), as: UTF8.self)
    #expect(text == "{\n  \"a\" : 2,\n  \"b\" : 1\n}\n")
  }

  /// GUM (JCGM 100:2008) 7.2.6: two digits of the uncertainty, the value to the same place.
  @Test func numbersHaveSensibleDigits() {
    #expect(NumberText.value(12.3456, uncertainty: 0.4512) == "12.35 ± 0.45")
    #expect(NumberText.value(1234.5, uncertainty: 87.3) == "1234 ± 87")
    #expect(NumberText.significant(0.012345) == "0.0123")
    #expect(NumberText.significant(9876.5) == "9876")
    #expect(NumberText.fixed(-0.001, decimals: 1) == "0.0")
    #expect(NumberText.percentChange(-8.4) == "−8 %")
    #expect(NumberText.percentChange(25.2) == "+25 %")
    #expect(NumberText.short(2.50) == "2.5")
    #expect(NumberText.short(100) == "100")
  }
}
