import Foundation

/// What a header says of whose image it is. Never leaves this module.
struct PatientIdentity: Hashable {
  let id: String?
  let name: String?
  let birthDate: String?
  let sex: String?

  /// Spelling does not make another person: case, spaces and carets are not compared.
  init(_ header: DICOMHeader) {
    id = header.code(.patientID)
    let words = header.text(.patientName)?.lowercased().split {
      $0 == "^" || $0 == " " || $0 == "="
    }
    name = words.flatMap { $0.isEmpty ? nil : $0.joined(separator: " ") }
    birthDate = header.code(.patientBirthDate)
    sex = header.code(.patientSex)
  }

  var isAnonymous: Bool { id == nil && name == nil && birthDate == nil }

  /// The facts that both state and that differ.
  func differences(from other: PatientIdentity) -> [String] {
    func clash(_ a: String?, _ b: String?) -> Bool { a != nil && b != nil && a != b }
    return [
      clash(name, other.name) ? "Patient's Name (0010,0010)" : nil,
      clash(birthDate, other.birthDate) ? "Patient's Birth Date (0010,0030)" : nil,
      clash(sex, other.sex) ? "Patient's Sex (0010,0040)" : nil,
    ].compactMap { $0 }
  }

  /// One fact may be a correction or a new surname; two that differ are another person.
  static let factsOfAnotherPerson = 2
}

/// Tells patients apart by Patient ID (0010,0020), then by what else the headers say.
struct PatientSorting {
  /// Files of one patient.
  struct Group {
    var files: [Int]
    var remarks: [String] = []
  }

  private(set) var groups: [Group] = []
  private(set) var remarks: [String] = []
  private var identities: [[PatientIdentity]] = []

  /// - Parameters:
  ///   - people: One per file, in the order of the files.
  ///   - studies: Study UID of each file: an object without Patient ID belongs to its study.
  init(_ people: [PatientIdentity], studies: [String]) {
    var groupOf: [PatientIdentity: Int] = [:]
    for (n, person) in people.enumerated() where person.id != nil {
      let group = groupOf[person] ?? self.group(of: person)
      groupOf[person] = group
      groups[group].files.append(n)
    }
    var groupOfStudy: [String: Set<Int>] = [:]
    for (g, group) in groups.enumerated() {
      for file in group.files { groupOfStudy[studies[file], default: []].insert(g) }
    }
    var anonymous: [Int] = []
    for (n, person) in people.enumerated() where person.id == nil {
      let owners = (groupOfStudy[studies[n]] ?? []).filter { g in
        identities[g].allSatisfy { $0.differences(from: person).isEmpty }
      }
      if owners.count == 1, let owner = owners.first {
        groups[owner].files.append(n)
      } else if person.isAnonymous {
        anonymous.append(n)
      } else {
        groups[group(of: person)].files.append(n)
      }
    }
    add(anonymous, studies: studies)
    for g in groups.indices { groups[g].files.sort() }
  }

  /// The group of a person, made if there is none.
  private mutating func group(of person: PatientIdentity) -> Int {
    let sharing = identities.indices.filter { identities[$0][0].id == person.id }
    let alike = sharing.filter { g in
      let clash = identities[g][0].differences(from: person)
      return person.id == nil
        ? identities[g][0].name == person.name && identities[g][0].birthDate == person.birthDate
        : clash.count < PatientIdentity.factsOfAnotherPerson
    }
    if let g = alike.first {
      let clash = identities[g][0].differences(from: person)
      identities[g].append(person)
      if !clash.isEmpty {
        note(
          "files with one Patient ID (0010,0020) differ in \(clash.joined(separator: ", ")); they "
            + "were taken as one person: check it", in: g)
      }
      return g
    }
    if person.id != nil, let first = sharing.first {
      let clash = identities[first][0].differences(from: person).joined(separator: ", ")
      remarks.append(
        "one Patient ID (0010,0020) stands for two people: \(clash) differ. They were kept apart; "
          + "correct the ID at its source")
    }
    identities.append([person])
    groups.append(Group(files: []))
    return groups.count - 1
  }

  private mutating func add(_ anonymous: [Int], studies: [String]) {
    guard !anonymous.isEmpty else { return }
    var group = Group(files: anonymous)
    let count = Set(anonymous.map { studies[$0] }).count
    if count > 1 {
      group.remarks.append(
        "Patient ID, name and birth date are empty in \(count) studies; nothing shows that they "
          + "are of one person. They were taken as one: check it")
    }
    groups.append(group)
    identities.append([])
  }

  private mutating func note(_ text: String, in group: Int) {
    if !groups[group].remarks.contains(text) { groups[group].remarks.append(text) }
  }
}
