/// The candidate nearest to a misspelt word, or nil where none is near enough to be meant.
///
/// An edit is an insertion, a removal, a change or a swap of neighbours; one is always near enough.
/// - Parameter lettersPerEdit: for how many letters there may be one edit.
/// Complexity: O(candidates × lengths); a word longer than 64 bytes has no suggestion.
package func closest(to word: String, in candidates: [String], lettersPerEdit: Int = 3) -> String? {
  let typed = Array(word.lowercased().utf8)
  guard !typed.isEmpty, typed.count <= 64 else { return nil }
  let limit = max(1, typed.count / lettersPerEdit)
  var best: (distance: Int, candidate: String)?
  for candidate in candidates {
    let distance = editDistance(typed, Array(candidate.lowercased().utf8))
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// Optimal string alignment distance.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
      row.append(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.count]
}
