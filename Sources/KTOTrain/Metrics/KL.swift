extension Metric {
  package static let kl = Metric(
    "kl", "The reference point that the loss used, nats.", .microbatch { $0.pointMean { $0.value } })

  package static let signedKL = Metric(
    "kl_signed", "The same estimate before it was cut at 0, nats.",
    .microbatch { $0.pointMean { $0.signed } })

  package static let clamped = Metric(
    "clamped", "Share of the rows whose estimate was below 0 and so was cut.",
    .microbatch { microbatch in
      let points = microbatch.rows.map { microbatch.loss.points.point(isDesirable: $0.isDesirable) }
      return Double(points.count { $0.isClamped }) / Double(max(points.count, 1))
    })
}
