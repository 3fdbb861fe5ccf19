import KTOTestSupport
import Testing

@testable import KTOCore

private struct Engine: ConfigurationSection {
  enum Fuel: String, CaseIterable, Sendable {
    case diesel, petrol
  }

  var power = 90
  var limit: Int?
  var ratio = 0.5
  var fuel = Fuel.diesel
  var isTurbo = false

  static var fields: [ConfigurationField<Self>] {
    [
      .int("power", \.power, in: 1...1000, "Power in kW."),
      .optionalInt("limit", \.limit, in: 0...10, "A limit, or null."),
      .double("ratio", \.ratio, .above(0, through: 1), "A ratio."),
      .choice("fuel", \.fuel, "What it burns."), .bool("turbo", \.isTurbo, "Whether it has one."),
    ]
  }
}

private struct Car: ConfigurationSection {
  var name = ""
  var tags = ["a"]
  var note: String?
  var engine = Engine()

  static var fields: [ConfigurationField<Self>] {
    [
      .string("name", \.name, required: true, "Its name."), .strings("tags", \.tags, "Words."),
      .optionalString("note", \.note, "A note."), .section("engine", \.engine, "The engine."),
    ]
  }

  static func peerHint(for key: String) -> String? {
    key == "horses" ? "it is called 'engine.power' here" : nil
  }
}

struct ConfigurationTests {
  private func read(_ yaml: String, _ overrides: [String] = []) throws -> Car {
    var document = try YAMLParser().parse(Array(yaml.utf8), file: "c.yaml")
    for text in overrides { document = try document.applying(try #require(ConfigurationOverride(text))) }
    return try Car(reading: document)
  }

  private func diagnostics(_ yaml: String, _ overrides: [String] = []) throws -> [Diagnostic] {
    do {
      _ = try read(yaml, overrides)
      return []
    } catch let error as ConfigurationError { return error.diagnostics }
  }

  private func findings(_ yaml: String, _ overrides: [String] = []) throws -> [String] {
    try diagnostics(yaml, overrides).map(\.description)
  }

  @Test func `what the file leaves out keeps its default`() throws {
    let car = try read("name: x\nengine: {power: 5, limit: 3}\n")
    var expected = Car()
    expected.name = "x"
    expected.engine.power = 5
    expected.engine.limit = 3
    #expect(car == expected)
  }

  @Test func `an empty section and a null where it is a value are accepted`() throws {
    #expect(try read("name: x\nnote: null\nengine:\n").engine == Engine())
  }

  @Test(arguments: [
    ("name: ⟦C02: name must be a string, not 12⟧12", "put it in quotes to make it one"),
    ("name: ⟦C03: name must be a string that is not empty, not the string \"\"⟧''", nil),
    ("{name: x, engine: ⟦C02: engine must be a mapping of keys to values, not a list⟧[1]}", nil),
    (
      "{name: x, engine: {power: ⟦C02: engine.power must be a whole number from 1 to 1000, not 1.5⟧1.5}}",
      nil
    ),
    (
      "{name: x, engine: {ratio: ⟦C03: engine.ratio must be a number above 0 and at most 1, not 0⟧0}}", nil
    ),
    (
      "{name: x, engine: {ratio: ⟦C03: engine.ratio must be a number above 0 and at most 1, not nan⟧.nan}}",
      nil
    ),
    (
      "{name: x, engine: {fuel: ⟦C03: engine.fuel must be diesel or petrol, not the string \"desel\"⟧desel}}",
      "did you mean diesel?"
    ),
    ("{name: x, engine: {⟦C01: unknown key 'engine.pwoer'⟧pwoer: 3}}", "did you mean 'engine.power'?"),
    ("{name: x, ⟦C01: unknown key 'fuel'⟧fuel: 3}", "did you mean 'engine.fuel'?"),
    ("{name: x, engine: {⟦C01: unknown key 'engine.tags'⟧tags: 3}}", "did you mean 'tags'?"),
    ("{name: x, ⟦C01: unknown key 'turbbo'⟧turbbo: 3}", "did you mean 'engine.turbo'?"),
    (
      "{name: x, ⟦C01: unknown key 'engine.fuel'⟧engine.fuel: 3}",
      "in a file the keys of a section stand below its name, not behind a dot"
    ),
    ("{name: x, ⟦C01: unknown key 'horses'⟧horses: 3}", "it is called 'engine.power' here"),
    ("{name: x, ⟦C01: unknown key 'wheels'⟧wheels: 3}", "the keys here are name, tags, note, engine"),
    ("engine: {power: 5}⟦C04*: name is missing⟧", "set it in the file, or with --set name=VALUE"),
  ])
  func `a mistake is one finding with its place`(marked: String, hint: String?) throws {
    let yaml = try MarkedText(marked)
    let found = try diagnostics(yaml.text)
    #expect(yaml.differences(from: found) == [])
    #expect(found.map(\.hint) == [hint] && found.map(\.severity) == [.error])
  }

  @Test func `all mistakes are found together, in the order of the file`() throws {
    let yaml = try MarkedText(
      """
      ⟦C01: unknown key 'nmae'⟧nmae: x
      name: y
      engine:
        turbo: ⟦C02: engine.turbo must be true or false⟧yes
        # é takes two bytes: {é: 1}
        ⟦C01: unknown key 'engine.é'⟧é: 1
      tags: [a, ⟦C02:⟧3]
      """)
    let found = try diagnostics(yaml.text)
    #expect(yaml.differences(from: found) == [])
    #expect(found.compactMap(\.location?.line) == [1, 4, 6, 7])
  }

  @Test func `an override replaces, adds and descends, and the last one wins`() throws {
    let car = try read(
      "name: x\n", ["engine.power=7", "engine.power=8", "tags=[b, 'c d']", "name=y"])
    #expect(car.engine.power == 8)
    #expect(car.tags == ["b", "c d"])
    #expect(car.name == "y")
  }

  @Test func `an override's mistakes are located at the option`() throws {
    #expect(
      try findings("name: x\n", ["engine.power=0"])
        == ["--set engine.power: error: C03: engine.power must be a whole number from 1 to 1000, not 0"])
    #expect(
      try findings("name: x\n", ["tags=[b"]).first?.hasPrefix("--set tags: error: C00: ") == true)
  }

  @Test(arguments: ["power", "=3", ".a=3", "a..b=3", ""])
  func `a text that is not KEY=VALUE is no override`(text: String) {
    #expect(ConfigurationOverride(text) == nil)
  }

  @Test func `the YAML that is written reads back as the same values`() throws {
    var car = try read("name: 'x: y'\ntags: ['1', \"é\\n\"]\nnote: ~\nengine: {ratio: 5e-6, limit: 0}\n")
    #expect(try read(car.yamlText) == car)
    car.note = "null"
    #expect(try read(car.yamlText) == car)
    #expect(car.yamlText.contains("\n  # A ratio.\n  ratio: 5e-6\n"))
  }

  @Test func `the nearest word is suggested only when it is near`() {
    let words = ["max_steps", "max_grad_norm", "seed"]
    #expect(closest(to: "max_step", in: words) == "max_steps")
    #expect(closest(to: "sede", in: words) == "seed")
    #expect(closest(to: "MAX_STEPS", in: words) == "max_steps")
    #expect(closest(to: "banana", in: words) == nil)
    #expect(closest(to: "", in: words) == nil)
  }

  @Test func `the codes are sound`() { #expect(problems(in: configurationCodes, family: "C") == []) }

  @Test func `notes follow a key's own comment`() throws {
    let text = Car().yamlText(notes: ["engine.power": "Measured today."])
    #expect(text.contains("  # Power in kW.\n  # Measured today.\n  power: 90\n"))
    #expect(try read(text, ["name=x"]).engine == Engine())
  }

  @Test func `a key is described by its default and by what it accepts`() {
    let described = Car.describedKeys.map { [$0.path, $0.defaultText ?? "—", $0.values] }
    #expect(
      described == [
        ["name", "—", "text"], ["tags", "[a]", "a list of texts"], ["note", "null", "text, `null`"],
        ["engine.power", "90", "whole number from 1 to 1,000"],
        ["engine.limit", "null", "whole number from 0 to 10, `null`"],
        ["engine.ratio", "0.5", "number above 0, at most 1"],
        ["engine.fuel", "diesel", "`diesel`, `petrol`"], ["engine.turbo", "false", "`true`, `false`"],
      ])
  }
}
