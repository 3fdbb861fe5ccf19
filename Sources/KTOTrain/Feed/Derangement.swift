/// Whose completion stands in for whose: for each of some rows another one, as far as there is one that differs.
///
/// A rotation by one, as TRL takes it, in which rows exchange their partners where a partner has the same prompt or the
/// same completion and so would measure the row itself. Where no exchange helps, a completion may come twice, and
/// where no row of these differs, from another row of the data.
///
/// - Parameters:
///   - others: rows to look among where none of these differs, in the order of preference.
///   - differ: whether one row's completion says something new behind the other's prompt.
/// - Returns: a partner for each row; the rotation's where no row of the data differs.
func deranged(
  _ rows: [Int], orElse others: (Int) -> some Sequence<Int>, differ: (Int, Int) -> Bool
) -> [Int] {
  let count = rows.count
  var partners = rows.indices.map { rows[($0 + count - 1) % count] }
  for place in rows.indices where !differ(rows[place], partners[place]) {
    let other = rows.indices.first {
      differ(rows[place], partners[$0]) && differ(rows[$0], partners[place])
    }
    if let other { partners.swapAt(place, other) }
  }
  for place in rows.indices where !differ(rows[place], partners[place]) {
    let row = rows[place]
    partners[place] =
      rows.first { differ(row, $0) } ?? others(place).first { differ(row, $0) } ?? partners[place]
  }
  return partners
}
