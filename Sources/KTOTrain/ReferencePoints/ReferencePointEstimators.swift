/// Every estimator of the reference point, in the order of the documentation.
package let referencePointEstimators: [any ReferencePointEstimator.Type] = [
  StepWindow.self,
  MovingAverage.self,
  MismatchedPairs.self,
  OppositeClass.self,
  NoReferencePoint.self,
]
