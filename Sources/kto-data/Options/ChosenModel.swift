internal import KTOCore
internal import KTOHub
internal import KTOModels

/// The model that a configuration is for, and what is known of it.
struct ChosenModel {
  let folder: ModelFolder
  /// Nil where its `config.json` is missing or is not of a model that can be trained here.
  let plan: ModelPlan?
  /// Whether it was taken because there is no other.
  let isOnlyOne: Bool
  private let place: String

  /// - Throws: `HubError`; `ModelChoiceError`.
  init(_ name: String?, revision: String, in cache: CacheOptions) throws {
    place = cache.root
    isOnlyOne = name == nil
    if let name {
      folder = try cache.resolve(name, revision: revision)
      plan = Self.plan(folder)
      return
    }
    let names = cache.hub.modelNames
    let usable = names.compactMap { name in
      (try? cache.resolve(name, revision: revision)).flatMap { folder in
        Self.plan(folder).map { (folder, $0) }
      }
    }
    guard usable.count == 1 else {
      throw ModelChoiceError(root: cache.root, names: usable.map(\.0.name))
    }
    (folder, plan) = usable[0]
  }

  var text: String {
    var text = folder.name
    if let plan {
      text += ", \(byteText(4 * plan.parameterCount)) of weights, \(plan.maximumPositions) positions"
    } else {
      text += ", which cannot be trained here: kto-data model show says why"
    }
    return text + (isOnlyOne ? "; the only one that can be trained in \(place)" : "")
  }

  private static func plan(_ folder: ModelFolder) -> ModelPlan? {
    guard let json = try? folder.json("config.json") else { return nil }
    return try? ModelPlan(json: json)
  }
}

/// A name is needed and none was given: the cache has several models, or none, that can be trained.
struct ModelChoiceError: Error, CustomStringConvertible {
  var root: String
  var names: [String]

  var description: String {
    if names.isEmpty {
      return "\(root) has no model that can be trained; name one with --model, or another cache with --cache"
    }
    let list = names.map { excerpt($0, limit: 80) }.joined(separator: ", ")
    return "\(root) has several models; choose one with --model: \(list)"
  }
}
