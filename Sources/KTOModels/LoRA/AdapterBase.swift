/// What an adapter says of the model that it was trained on.
package struct AdapterBase: Sendable, Equatable {
  /// A hub name or a folder.
  package var name: String?
  /// 40 hexadecimal digits.
  package var commit: String?

  package init(name: String?, commit: String?) {
    self.name = name
    self.commit = commit
  }
}
