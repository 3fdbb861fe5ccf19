internal import Dispatch
internal import Glibc
internal import Synchronization

/// A logistic regression on sparse binary features, trained by stochastic gradients with AdaGrad's rates.
///
/// Source of the rates: Duchi, Hazan, Singer, Journal of Machine Learning Research 12 (2011).
struct ShortcutModel {
  struct Row {
    /// Numbers below `AnswerWords.featureCount`, each once.
    var features: [UInt32]
    var label: Bool
    /// Rows of one fold are judged by a model that saw none of them.
    var fold: Int
  }

  static let foldCount = 5
  private static let epochs = 4
  private static let rate: Float = 0.5

  private var weights = [Float](repeating: 0, count: AnswerWords.featureCount + 1)
  private var squares = [Float](repeating: 1e-8, count: AnswerWords.featureCount + 1)

  /// The log odds of the row being desirable.
  private func score(_ features: [UInt32]) -> Float {
    var sum: Float = 0
    for feature in features { sum += weights[Int(feature)] }
    return weights[AnswerWords.featureCount] + sum * scale(features)
  }

  /// Makes each row's features a vector of length 1, so that long answers do not weigh more.
  private func scale(_ features: [UInt32]) -> Float { 1 / Float(max(1, features.count)).squareRoot() }

  private mutating func learn(_ row: Row) {
    let gradient = 1 / (1 + expf(-score(row.features))) - (row.label ? 1 : 0)
    let step = gradient * scale(row.features)
    for feature in row.features { update(Int(feature), step) }
    update(AnswerWords.featureCount, gradient)
  }

  private mutating func update(_ index: Int, _ gradient: Float) {
    squares[index] += gradient * gradient
    weights[index] -= Self.rate * gradient / squares[index].squareRoot()
  }

  /// The area under the ROC curve of the labels by the scores of models that did not see the row's fold, and its standard
  /// error (Hanley and McNeil, Radiology 143, 1982): the mean over the folds; nil where no fold has both labels.
  static func crossFittedAUC(_ rows: [Row]) -> (value: Double, error: Double)? {
    let results = Mutex([Int: (auc: Double, desirable: Int, undesirable: Int)]())
    DispatchQueue.concurrentPerform(iterations: foldCount) { fold in
      var model = ShortcutModel()
      let seen = rows.filter { $0.fold != fold }
      for _ in 0..<epochs { for row in seen { model.learn(row) } }
      let judged = rows.filter { $0.fold == fold }.map { (model.score($0.features), $0.label) }
      let desirable = judged.count { $0.1 }
      guard desirable > 0, desirable < judged.count else { return }
      let auc = areaUnderCurve(judged)
      results.withLock { $0[fold] = (auc, desirable, judged.count - desirable) }
    }
    let folds = results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    guard !folds.isEmpty else { return nil }
    let total = folds.reduce(0) { $0 + $1.desirable + $1.undesirable }
    let auc = folds.reduce(0.0) { $0 + $1.auc * Double($1.desirable + $1.undesirable) } / Double(total)
    let good = Double(folds.reduce(0) { $0 + $1.desirable })
    let bad = Double(folds.reduce(0) { $0 + $1.undesirable })
    let (first, second) = (auc / (2 - auc), 2 * auc * auc / (1 + auc))
    let variance =
      (auc * (1 - auc) + (good - 1) * (first - auc * auc) + (bad - 1) * (second - auc * auc)) / (good * bad)
    return (auc, max(0, variance).squareRoot())
  }

  /// The chance that a desirable row has a higher score than an undesirable one; ties count half.
  static func areaUnderCurve(_ scored: [(score: Float, label: Bool)]) -> Double {
    let sorted = scored.sorted { $0.score < $1.score }
    var (wins, below, index) = (0.0, 0, 0)
    while index < sorted.count {
      var (good, bad, end) = (0, 0, index)
      while end < sorted.count, sorted[end].score == sorted[index].score {
        if sorted[end].label { good += 1 } else { bad += 1 }
        end += 1
      }
      wins += Double(good) * (Double(below) + Double(bad) / 2)
      below += bad
      index = end
    }
    return wins / (Double(scored.count - below) * Double(below))
  }
}
