/// Every loss variant, in the order of the documentation.
package let lossVariants: [any LossVariant.Type] = [
  KTO.self,
  APOZeroUnpaired.self,
  BCO.self,
  Humanline.self,
]
