public import Foundation
import GRDB

/// What is known about one course, in one SQLite file: results of every stage keyed by what they
/// were made from, digests of the input files, and the runs that made them.
///
/// Written in transactions with full synchronisation, so a run that is killed leaves the results
/// of the last finished stage and nothing half-written.
public struct CourseStore: Sendable {
  private let queue: DatabaseQueue

  /// Opens the store, making it when it is not there.
  ///
  /// - Throws: ``CourseStoreError`` when the file is not a store of this program or is damaged.
  public init(file: URL) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      queue = try DatabaseQueue(path: file.path, configuration: configuration)
      try Self.migrations.migrate(queue)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: file.path)
    } catch {
      throw CourseStoreError.cannotOpen(path: file.path, reason: Self.reason(error))
    }
  }

  private static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.create(table: "stageResult") { table in
        table.column("stage", .text).notNull()
        table.column("key", .text).notNull()
        table.column("softwareVersion", .text).notNull()
        table.column("madeAt", .datetime).notNull()
        table.column("json", .blob).notNull()
        table.primaryKey(["stage", "key"])
      }
      try database.create(table: "inputFile") { table in
        table.primaryKey("path", .text)
        table.column("bytes", .integer).notNull()
        table.column("modifiedAt", .double).notNull()
        table.column("sha256", .text).notNull()
      }
      try database.create(table: "run") { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("softwareVersion", .text).notNull()
        table.column("startedAt", .datetime).notNull()
        table.column("finishedAt", .datetime)
        table.column("outcome", .text)
      }
      try ResultTables.create(in: database)
    }
    return migrator
  }

  // MARK: Stage results

  /// The result of a stage made earlier from the same inputs, settings and program version.
  ///
  /// A result that can no longer be decoded counts as absent and is made again.
  public func result<Value: Decodable>(
    of stage: String, key: Digest, as _: Value.Type
  ) throws -> Value? {
    let json = try queue.read { database in
      try Data.fetchOne(
        database, sql: "SELECT json FROM stageResult WHERE stage = ? AND key = ?",
        arguments: [stage, key.hexadecimal])
    }
    return json.flatMap { try? JSONDecoder().decode(Value.self, from: $0) }
  }

  /// Keeps the result of a stage.
  public func keep<Value: Encodable>(
    _ value: Value, of stage: String, key: Digest, softwareVersion: String
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(value)
    try write { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO stageResult (stage, key, softwareVersion, madeAt, json)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [stage, key.hexadecimal, softwareVersion, Date(), json])
    }
  }

  // MARK: Input digests

  /// The digest of a file's content, read again only when its size or time has changed.
  public func digest(ofFile file: URL) throws -> Digest {
    let values = try file.resourceValues(forKeys: [.fileSizeKey, .contentModificationDateKey])
    let bytes = values.fileSize ?? 0
    let modified = values.contentModificationDate?.timeIntervalSince1970 ?? 0
    let known = try queue.read { database in
      try String.fetchOne(
        database,
        sql: "SELECT sha256 FROM inputFile WHERE path = ? AND bytes = ? AND modifiedAt = ?",
        arguments: [file.path, bytes, modified])
    }
    if let known { return Digest(hexadecimal: known) }
    let digest = Digest(of: try Data(contentsOf: file, options: .mappedIfSafe))
    try write { database in
      try database.execute(
        sql:
          "INSERT OR REPLACE INTO inputFile (path, bytes, modifiedAt, sha256) VALUES (?, ?, ?, ?)",
        arguments: [file.path, bytes, modified, digest.hexadecimal])
    }
    return digest
  }

  // MARK: Runs

  /// Notes that a run has begun; returns its number.
  public func beginRun(softwareVersion: String) throws -> Int64 {
    try write { database in
      try database.execute(
        sql: "INSERT INTO run (softwareVersion, startedAt) VALUES (?, ?)",
        arguments: [softwareVersion, Date()])
      return database.lastInsertedRowID
    }
  }

  /// Notes how a run ended, and replaces the tables of results in the same transaction.
  public func finishRun(_ run: Int64, outcome: String, tables: ResultTables) throws {
    try write { database in
      try tables.replace(in: database)
      try database.execute(
        sql: "UPDATE run SET finishedAt = ?, outcome = ? WHERE id = ?",
        arguments: [Date(), outcome, run])
    }
  }

  /// Whether SQLite finds the file sound.
  public func isIntact() throws -> Bool {
    try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") == "ok" }
  }

  private func write<Value>(_ change: (Database) throws -> Value) throws -> Value {
    do {
      return try queue.write(change)
    } catch let error as DatabaseError {
      throw CourseStoreError.cannotWrite(path: queue.path, reason: Self.reason(error))
    }
  }

  /// SQLite's text without arguments, which could hold values.
  private static func reason(_ error: any Error) -> String {
    (error as? DatabaseError).map { $0.message ?? "SQLite code \($0.resultCode)" }
      ?? String(describing: error)
  }
}

/// Why the results of a course could not be kept or read.
public enum CourseStoreError: Error, Hashable, Sendable {
  case cannotOpen(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
}

extension CourseStoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason):
      "cannot open the results in '\(path)': \(reason). "
        + "Move the file away to start afresh; nothing in it was changed."
    case .cannotWrite(let path, let reason):
      "cannot write the results to '\(path)': \(reason). Earlier results are intact; "
        + "free some space or check the permissions, then run again."
    }
  }
}
