internal import KTOCore

extension HubCache {
  /// `ORG/NAME` of every model that has a folder in the cache, sorted by the folders' names.
  package var modelNames: [String] {
    FileSystem.names(in: root).compactMap { Self.hubName(Substring($0)) }
  }

  /// The model of the cache that a name without one was most likely meant to be: the same but for upper case, the folder
  /// of a model, the name in another organisation or without one, or one with few other letters.
  package func nearestName(to name: String) -> String? {
    let names = modelNames
    let wanted = (Self.hubName(Substring(lastPart(name))) ?? name).lowercased()
    if let same = names.first(where: { $0.lowercased() == wanted }) { return same }
    let last = lastPart(wanted)
    if let same = names.first(where: { lastPart($0).lowercased() == last }) { return same }
    return near(wanted, names, { $0 }) ?? near(last, names, lastPart)
  }

  /// The nearest by what `part` takes of it, with one other letter in six at most: sizes of one model differ by a few.
  private func near(_ word: String, _ names: [String], _ part: (String) -> String) -> String? {
    closest(to: word, in: names.map(part), lettersPerEdit: 6).flatMap { match in
      names.first { part($0) == match }
    }
  }

  private func lastPart(_ name: String) -> String {
    name.split(separator: "/").last.map { String($0) } ?? name
  }
}
