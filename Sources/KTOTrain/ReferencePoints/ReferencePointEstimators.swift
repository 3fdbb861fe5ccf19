/// Every estimator of the reference point, in the order of the documentation.
package let referencePointEstimators: [any ReferencePointEstimator.Type] = [
  MismatchedPairs.self,
  OppositeClass.self,
  NoReferencePoint.self,
]
