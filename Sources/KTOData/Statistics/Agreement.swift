/// How far annotators agree on items that several of them gave a verdict on, with two classes.
///
/// - Sources: Fleiss, Psychological Bulletin 76 (1971), for any number of raters an item as in Gwet, Handbook of
///   Inter-Rater Reliability (2014); Krippendorff, Content Analysis (2018), nominal α; Gwet, British Journal of Mathematical
///   and Statistical Psychology 61 (2008), AC1, which AC2 is where there are two classes.
package struct Agreement: Sendable, Equatable {
  /// Items with two verdicts or more.
  package let sharedItems: Int
  /// The mean share of pairs of verdicts on one item that are equal.
  package let observed: Double
  /// Fleiss' κ. NaN where chance explains everything, because all verdicts are equal.
  package let kappa: Double
  /// Krippendorff's α, nominal.
  package let alpha: Double
  /// Gwet's AC1.
  package let gwet: Double

  /// - Parameter items: how many annotators said desirable and undesirable, item by item, one verdict an annotator.
  /// - Returns: nil where no item has two verdicts.
  package init?(_ items: some Sequence<(desirable: Int, undesirable: Int)>) {
    var (shared, rated) = (0, 0)
    var (observed, share) = (0.0, 0.0)
    // Krippendorff's coincidences: pairs of different verdicts, and verdicts of each class, on shared items.
    var (different, desirable, undesirable) = (0.0, 0.0, 0.0)
    for item in items {
      let count = item.desirable + item.undesirable
      guard count > 0 else { continue }
      rated += 1
      share += Double(item.desirable) / Double(count)
      guard count > 1 else { continue }
      shared += 1
      let pairs = Double(count * (count - 1))
      let equal = Double(item.desirable * (item.desirable - 1) + item.undesirable * (item.undesirable - 1))
      observed += equal / pairs
      different += 2 * Double(item.desirable * item.undesirable) / Double(count - 1)
      desirable += Double(item.desirable)
      undesirable += Double(item.undesirable)
    }
    guard shared > 0 else { return nil }
    sharedItems = shared
    self.observed = observed / Double(shared)
    let (good, bad) = (share / Double(rated), 1 - share / Double(rated))
    let byChance = good * good + bad * bad
    kappa = (self.observed - byChance) / (1 - byChance)
    let byGwet = 2 * good * bad
    gwet = (self.observed - byGwet) / (1 - byGwet)
    let verdicts = desirable + undesirable
    let expected = 2 * desirable * undesirable / (verdicts - 1)
    alpha = expected > 0 ? 1 - different / expected : .nan
  }
}
