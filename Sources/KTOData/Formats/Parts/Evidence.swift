/// What a record says that a label can be made from, and where it says it.
struct Evidence: Sendable {
  var signal: Signal
  /// What messages call it: the name of its field, with its value.
  var name: String
  /// Byte offset in its record.
  var offset: Int
  var pointer: String
}
