internal import KTOCore

/// Looks for duplicates among examples, and with those of an older set.
///
/// First the older rows are appended, then the others. Memory: about 50 bytes a row, and 4 for each band; 20 more while
/// bands are searched.
package struct DedupRun: ~Copyable {
  private let options: DedupOptions
  private var rows: DedupRows
  /// Rows before this one are of the older set.
  private var olderCount = 0
  private var sets = RowSets(count: 0)
  /// Near duplicates that were joined, in the order in which they were found.
  private var joined: [(UInt32, UInt32)] = []
  package private(set) var report = DedupReport()

  /// - Parameter scratchFolder: where the scratch file lies; it must exist.
  /// - Throws: `FileError.cannotWrite`.
  package init(_ options: DedupOptions, scratchFolder: String) throws {
    self.options = options
    rows = try DedupRows(options, folder: scratchFolder)
  }

  /// Takes a row whose options asked for sketch and JSON.
  /// - Parameter isOlder: of the older set, which comes first and of which nothing is left out.
  /// - Throws: `FileError`, `DedupError.tooManyRows`.
  package mutating func append(_ row: Row, isOlder: Bool = false) throws {
    guard let example = row.example, let sketch = row.sketch, let encoded = row.encoded else { return }
    guard rows.count < Int(UInt32.max) else { throw DedupError.tooManyRows(limit: Int(UInt32.max)) }
    try rows.append(
      sketch, label: example.label, json: encoded.object(id: example.id, weight: example.weight))
    if isOlder { olderCount = rows.count } else { report.read.add(example.label) }
  }

  /// Finds the duplicates.
  /// - Parameter progress: called with the number of the band that is searched, from 1, and their number.
  package mutating func search(progress: (Int, Int) -> Void = { _, _ in }) throws {
    sets = RowSets(count: rows.count)
    let firsts = joinEqual()
    if options.level == .near {
      let search = NearSearch(
        threshold: options.threshold, jobs: options.jobs, contents: try rows.contents())
      for band in 0..<options.bands {
        progress(band + 1, options.bands)
        joined += try search.join(rows.band(band, of: firsts), in: &sets)
      }
    }
    rows.dropBands()
    for row in olderCount..<rows.count where Int(sets.root(UInt32(row))) == row {
      report.kept.add(rows.labels[row])
    }
  }

  /// Joins rows with equal keys.
  /// - Returns: the first row of each key, in order.
  private mutating func joinEqual() -> [UInt32] {
    var firsts: [UInt32] = []
    var seen = [WideKey: UInt32](minimumCapacity: rows.count)
    for row in 0..<UInt32(rows.count) {
      if let first = seen[rows.keys[Int(row)]] {
        sets.join(first, row)
      } else {
        seen[rows.keys[Int(row)]] = row
        firsts.append(row)
      }
    }
    return firsts
  }

  /// Gives the JSON of the rows that are kept, in the order of the input. Call after `search()`.
  package mutating func forEachKept(_ body: ([UInt8]) throws -> Void) throws {
    let contents = try rows.contents()
    for row in olderCount..<rows.count where Int(sets.root(UInt32(row))) == row {
      try body(try contents.json(row))
    }
  }

  /// Gives the match of each row that is not kept, in the order of the input, and counts them. Call after `search()`.
  package mutating func forEachMatch(_ body: (DedupMatch) throws -> Void) throws {
    let contents = try rows.contents()
    var pairs: [(row: UInt32, kept: UInt32)] = []
    for row in UInt32(olderCount)..<UInt32(rows.count) {
      let kept = sets.root(row)
      if kept != row { pairs.append((row, kept)) }
    }
    let matcher = Matcher(
      options: options, contents: contents, neighbours: neighbours(), exact: rows.exact, keys: rows.keys,
      labels: rows.labels, olderCount: olderCount)
    var rest = pairs[...]
    let matches = OrderedMap<[(row: UInt32, kept: UInt32)], [DedupMatch]>(
      jobs: options.jobs,
      read: {
        defer { rest = rest.dropFirst(512) }
        return rest.isEmpty ? nil : Array(rest.prefix(512))
      },
      worker: {
        var parser = JSONParser()
        let hashing = MinHash(count: matcher.options.permutations, seed: matcher.options.seed)
        return { try $0.map { try matcher.match($0.row, $0.kept, &parser, hashing) } }
      })
    while let portion = try matches.next() {
      for match in portion {
        report.add(match)
        try body(match)
      }
    }
  }

  /// The rows that each row was found alike to.
  private func neighbours() -> [UInt32: [UInt32]] {
    var neighbours: [UInt32: [UInt32]] = [:]
    for (a, b) in joined {
      neighbours[a, default: []].append(b)
      neighbours[b, default: []].append(a)
    }
    return neighbours
  }
}

/// Why duplicates cannot be looked for.
package enum DedupError: Error, Equatable, Sendable, CustomStringConvertible {
  case tooManyRows(limit: Int)

  package var description: String {
    switch self {
    case .tooManyRows(let limit): "there are more than \(limit) rows: look for duplicates in parts of them"
    }
  }
}

/// Says how a row is alike to the one that is kept.
private struct Matcher: Sendable {
  let options: DedupOptions
  let contents: DedupContents
  let neighbours: [UInt32: [UInt32]]
  let exact: [UInt64]
  let keys: [WideKey]
  let labels: [Bool?]
  let olderCount: Int

  func match(_ row: UInt32, _ kept: UInt32, _ parser: inout JSONParser, _ hashing: MinHash) throws
    -> DedupMatch
  {
    let (a, b) = (Int(row), Int(kept))
    var match = DedupMatch(
      kind: exact[a] == exact[b] ? .exact : keys[a] == keys[b] ? .normalized : .near,
      row: try place(row, &parser), kept: try place(kept, &parser), isOlder: b < olderCount,
      labelsDiffer: labels[a] != nil && labels[b] != nil && labels[a] != labels[b])
    guard match.kind == .near else { return match }
    let shingles = try contents.shingles(a)
    let other = try contents.shingles(b)
    let jaccard = shingles.jaccard(other) ?? 0
    match.jaccard = jaccard
    match.estimate = shingles.estimate(other, hashing)
    if jaccard < options.threshold {
      match.through = try nearest(row, shingles, &parser)
      match.labelsDiffer = nil
    }
    return match
  }

  /// The neighbour that the row is most alike to. A row whose equal was compared in its place has none.
  private func nearest(
    _ row: UInt32, _ shingles: ShingleSets, _ parser: inout JSONParser
  ) throws -> (row: DedupMatch.Place, jaccard: Double)? {
    var best: (row: UInt32, jaccard: Double)?
    for other in (neighbours[row] ?? []).prefix(16) {
      let jaccard = try shingles.jaccard(contents.shingles(Int(other))) ?? 0
      if jaccard > best?.jaccard ?? -1 { best = (other, jaccard) }
    }
    return try best.map { (try place($0.row, &parser), $0.jaccard) }
  }

  private func place(_ row: UInt32, _ parser: inout JSONParser) throws -> DedupMatch.Place {
    DedupMatch.Place(try contents.json(Int(row)), &parser)
  }
}
