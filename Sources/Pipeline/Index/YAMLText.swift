/// Text of headers and file names as YAML that reads back as the same text and as nothing else.
enum YAMLText {
  /// A double-quoted scalar (YAML 1.2.2, 7.3.1).
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
          let digits = String(scalar.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// As it is where that is plainly a text, else quoted.
  static func scalar(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-"
          || $0 == " ")
    }
    let startsWell = text.unicodeScalars.first?.properties.isAlphabetic ?? false
    let isWord = !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
    return isPlain && startsWell && isWord && text.last != " " ? text : quoted(text)
  }
}
