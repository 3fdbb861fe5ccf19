internal import ArgumentParser
internal import KTOCore
internal import KTOTemplates

enum RenderFormat: String, ExpressibleByArgument, CaseIterable {
  case text, jsonl
}

/// `KEY=JSON`; what is no JSON is taken as a string.
struct TemplateVariable: ExpressibleByArgument {
  var name: String
  var value: JSONValue

  init?(argument: String) {
    guard let place = argument.firstIndex(of: "="), place > argument.startIndex else { return nil }
    name = String(argument[..<place])
    let text = String(argument[argument.index(after: place)...])
    // Python's words would be strings, and any string but "" is true.
    if ["True", "False", "None"].contains(text) { return nil }
    var parser = JSONParser()
    value = (try? parser.parse(Array(text.utf8)))?.value ?? .string(text)
  }
}

/// `YYYY-MM-DD`.
struct TemplateDate: ExpressibleByArgument {
  var clock: TemplateClock

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3, (1...12).contains(numbers[1]),
      (1...31).contains(numbers[2])
    else { return nil }
    clock = TemplateClock(year: numbers[0], month: numbers[1], day: numbers[2])
  }
}
