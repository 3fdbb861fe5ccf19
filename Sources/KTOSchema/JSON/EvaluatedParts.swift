/// Which members and items of a value were looked at by a schema that it fits: what `unevaluatedProperties` and
/// `unevaluatedItems` leave alone.
struct EvaluatedParts {
  var properties: Set<String> = []
  /// Items from the start.
  var itemCount = 0
  /// Items that `contains` fits.
  var items: Set<Int> = []
  static let none = EvaluatedParts()

  mutating func formUnion(_ other: EvaluatedParts) {
    if properties.isEmpty { properties = other.properties } else { properties.formUnion(other.properties) }
    itemCount = max(itemCount, other.itemCount)
    items.formUnion(other.items)
  }
}
