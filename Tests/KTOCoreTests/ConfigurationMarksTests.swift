import Testing

@testable import KTOCore

private struct Wheels: ConfigurationSection {
  var count = 4
  var color = "black"

  static var fields: [ConfigurationField<Self>] {
    [
      .int("count", \.count, in: 1...18, "How many."),
      .string("color", \.color, "Their color.").marked(.mayChangeOnResume),
    ]
  }
}

private struct Vehicle: ConfigurationSection {
  var name = "x"
  var wheels = Wheels()
  var spare = Wheels()

  static var fields: [ConfigurationField<Self>] {
    [
      .string("name", \.name, "Its name.").marked(.changesNoRow),
      .section("wheels", \.wheels, "Its wheels."),
      .section("spare", \.spare, "More wheels.").marked([.changesNoRow, .mayChangeOnResume]),
    ]
  }
}

struct ConfigurationMarksTests {
  @Test func `without a mark to leave out, every key is listed in the order of the tables`() {
    let paths = Vehicle().leaves().map(\.path)
    #expect(paths == ["name", "wheels.count", "wheels.color", "spare.count", "spare.color"])
  }

  @Test func `a marked key is left out, and so is every key of a marked section`() {
    #expect(Vehicle().leaves(without: .mayChangeOnResume).map(\.path) == ["name", "wheels.count"])
    #expect(Vehicle().leaves(without: .changesNoRow).map(\.path) == ["wheels.count", "wheels.color"])
  }

  @Test func `a key is listed with its value`() {
    var vehicle = Vehicle()
    vehicle.wheels.count = 3
    #expect(vehicle.leaves(without: .mayChangeOnResume).map(\.value) == [.string("x"), .integer(3)])
  }
}
