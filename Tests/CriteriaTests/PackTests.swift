import Response
import Testing

@Suite struct PackTests {
  @Test(arguments: PackFiles.names("criteria"))
  func everyCriteriaPackIsSound(id: String) throws {
    #expect(try PackFiles.criteria(id).id == id)
  }

  @Test(arguments: PackFiles.names("tracers"))
  func everyTracerPackIsSound(file: String) throws {
    let pack = try PackFiles.tracer(file)
    for id in pack.criteria { _ = try PackFiles.criteria(id) }
  }
}
