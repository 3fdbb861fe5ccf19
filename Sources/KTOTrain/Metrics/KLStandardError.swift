extension Metric {
  package static let klStandardError = Metric(
    "kl_standard_error", "Standard error of the estimate of the reference point, nats.",
    .microbatch { microbatch in
      let errors = microbatch.rows.map {
        microbatch.loss.points.point(isDesirable: $0.isDesirable).standardError
      }
      guard !errors.isEmpty, errors.allSatisfy({ $0 != nil }) else { return nil }
      return errors.reduce(0) { $0 + ($1 ?? 0) } / Double(errors.count)
    })
}
