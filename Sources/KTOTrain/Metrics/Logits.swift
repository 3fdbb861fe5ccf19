extension Metric {
  package static let chosenLogit = Metric(
    "logits/chosen", "Mean logit over the vocabulary and the desirable rows' completion tokens.",
    .microbatch { $0.tokenMean(ofDesirable: true) { $0.meanLogitSum } })

  package static let rejectedLogit = Metric(
    "logits/rejected", "Mean logit over the vocabulary and the undesirable rows' completion tokens.",
    .microbatch { $0.tokenMean(ofDesirable: false) { $0.meanLogitSum } })
}
