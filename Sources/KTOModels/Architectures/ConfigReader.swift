internal import KTOCore

/// Typed members of a `config.json`, or of an object in it, with the path of a key that is wrong.
///
/// A member that is null reads as one that is absent.
package struct ConfigReader: Sendable {
  private let node: JSONNode
  private let prefix: String

  init(_ node: JSONNode, prefix: String = "") {
    self.node = node
    self.prefix = prefix
  }

  /// The key's place in the file.
  func path(_ key: String) -> String { prefix + key }

  /// Whether the key is there, be it null.
  func contains(_ key: String) -> Bool { node[key] != nil }

  private func member(_ key: String) -> JSONNode? {
    guard let member = node[key], !member.isNull else { return nil }
    return member
  }

  func text(_ key: String) throws(ModelError) -> String? {
    guard let member = member(key) else { return nil }
    guard let text = member.string else { throw .wrongType(key: path(key), expected: "a string") }
    return text
  }

  func flag(_ key: String) throws(ModelError) -> Bool? {
    guard let member = member(key) else { return nil }
    guard let flag = member.bool else { throw .wrongType(key: path(key), expected: "true or false") }
    return flag
  }

  func integer(_ key: String) throws(ModelError) -> Int? {
    guard let member = member(key) else { return nil }
    guard let number = member.int else { throw .wrongType(key: path(key), expected: "an integer") }
    return number
  }

  func required(_ key: String) throws(ModelError) -> Int {
    guard let number = try integer(key) else { throw .missingKey(path(key)) }
    return number
  }

  func number(_ key: String) throws(ModelError) -> Double? {
    guard let member = member(key) else { return nil }
    guard let number = member.double else { throw .wrongType(key: path(key), expected: "a number") }
    return number
  }

  func requiredNumber(_ key: String) throws(ModelError) -> Double {
    guard let number = try number(key) else { throw .missingKey(path(key)) }
    return number
  }

  func object(_ key: String) throws(ModelError) -> ConfigReader? {
    guard let member = member(key) else { return nil }
    guard member.object != nil else { throw .wrongType(key: path(key), expected: "an object") }
    return ConfigReader(member, prefix: prefix + key + ".")
  }

  func texts(_ key: String) throws(ModelError) -> [String]? {
    guard let member = member(key) else { return nil }
    let texts = member.array?.compactMap(\.string)
    guard let texts, texts.count == member.array?.count else {
      throw .wrongType(key: path(key), expected: "a list of strings")
    }
    return texts
  }

  func numbers(_ key: String) throws(ModelError) -> [Double]? {
    guard let member = member(key) else { return nil }
    let numbers = member.array?.compactMap(\.double)
    guard let numbers, numbers.count == member.array?.count else {
      throw .wrongType(key: path(key), expected: "a list of numbers")
    }
    return numbers
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(ModelError) -> [UInt32] {
    guard let member = member(key) else { return [] }
    var tokens: [UInt32] = []
    for item in member.array ?? [member] {
      guard let id = item.int, let token = UInt32(exactly: id) else {
        throw .wrongType(key: path(key), expected: "a token id or a list of them")
      }
      tokens.append(token)
    }
    return tokens
  }

  /// Refuses values that would change the computation.
  func refuse(_ key: String, unless allowed: Double) throws(ModelError) {
    if let number = try number(key), number != allowed {
      throw .unsupported(key: path(key), value: "\(number)")
    }
  }

  /// Refuses flags that are set.
  func refuseFlags(_ keys: String...) throws(ModelError) {
    for key in keys where try flag(key) == true { throw .unsupported(key: path(key), value: "true") }
  }
}
