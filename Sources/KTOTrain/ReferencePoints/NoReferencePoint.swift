/// z0 is 0.
package struct NoReferencePoint: ReferencePointEstimator {
  package static let name = "none"
  package static let summary = "0, without an estimate"

  package init(_ configuration: KTOConfiguration) {}
  package init() {}

  package func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints { ReferencePoints(.zero) }
}
