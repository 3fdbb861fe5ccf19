extension Metric {
  package static let loss = Metric("loss", "The loss that is minimised.", .microbatch { $0.loss.loss })
}
