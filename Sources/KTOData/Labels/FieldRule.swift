/// An explicit thumb of the record: a bool label, `kto_tag`, thumbs_up or thumbs_down.
package struct FieldRule: LabelRule {
  package static let name = "field"
  package static let summary = "an explicit thumb of the record"

  package init(_ configuration: LabelConfiguration) {}

  package func judge(_ signal: Signal) -> LabelVerdict? {
    guard case .field(let isDesirable) = signal else { return nil }
    return isDesirable ? .desirable : .undesirable
  }
}
