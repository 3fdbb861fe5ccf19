package import KTOCore

/// What checking a folder of shards against its manifest found.
package struct VerificationReport: Sendable, Equatable {
  package var diagnostics: [Diagnostic] = []
  /// Rows that were read, over all splits.
  package var rows = 0
  package var shards = 0
  package var byteCount = 0
  /// The manifest's root hash, empty where there is no manifest.
  package var root = ""

  package var isSound: Bool { !diagnostics.contains { $0.severity == .error } }
}

/// Checks a folder that `prepare` made: every hash, every row, every total.
///
/// Codes: V01 a file is missing or cannot be read · V02 a hash or size differs · V03 a shard or row is
/// damaged · V04 a count differs · E08 a group has rows in two splits, the tokens of a prompt are in two splits, or a prompt
/// begins with a whole conversation of another split. Reads each file twice, in pieces, and once more where there are
/// several splits; keeps about 60 bytes a row in memory.
package func verify(folder: String) -> VerificationReport {
  var verifier = Verifier(folder: folder)
  verifier.run()
  return verifier.report
}

private struct Verifier {
  let folder: String
  var report = VerificationReport()
  private var checkedSplits: [CheckedSplit] = []

  /// What is compared between splits.
  private struct CheckedSplit {
    var dataset: ShardDataset
    var name: String
    var groups: Set<UInt64> = []
    /// Of the prompts' tokens.
    var prompts: Set<UInt64> = []
    /// Of each whole row's tokens, and how many they are.
    var conversations: [(key: UInt64, tokenCount: UInt32)] = []

    /// The first row of a kind; what cannot be read is of none.
    func firstRow(where isWanted: (TokenizedExample) -> Bool) -> Int? {
      (0..<dataset.count).first { (try? dataset.example(at: $0)).map(isWanted) ?? false }
    }
  }

  init(folder: String) { self.folder = folder }

  mutating func run() {
    let manifestPath = folder + "/" + Manifest.fileName
    let manifest: Manifest
    do {
      let read = try Manifest.readWithHashes(folder: folder)
      manifest = read.manifest
      report.root = manifest.root
      for hash in read.hashes where hash.stated != hash.actual {
        find(
          .changedFile, manifestPath, pointer: "/\(hash.name)",
          "the manifest was changed after it was written",
          hint: "its \(hash.name) is \(hash.stated), its content's is \(hash.actual)")
      }
    } catch let error as FileError {
      let hint = "a run of prepare that failed leaves no manifest: run it again"
      return find(.missingFile, manifestPath, "\(error)", hint: hint)
    } catch {
      return find(.damagedRow, manifestPath, "\(error)")
    }
    for split in manifest.splits { check(split, of: manifest) }
    if manifest.groupBy != "none" {
      findLeaks(comparesPrompts: GroupBy(manifest.groupBy)?.keepsPrompts ?? true)
    }
  }

  private mutating func check(_ split: Manifest.Split, of manifest: Manifest) {
    let splitFolder = folder + "/" + split.name
    let indexPath = splitFolder + "/index.json"
    checkHash(indexPath, split.indexHash)
    for shard in split.shards {
      let path = splitFolder + "/" + shard.basename
      report.shards += 1
      report.byteCount += shard.byteCount
      checkHash(path, shard.sha256 ?? "")
    }
    let dataset: ShardDataset
    do { dataset = try ShardDataset(folder: splitFolder) } catch let error as FileError {
      return find(.missingFile, indexPath, "\(error)")
    } catch { return find(.damagedRow, indexPath, "\(error)") }
    if dataset.index.shards != split.shards {
      find(.wrongCount, indexPath, "the index names other shards than the manifest")
    }
    checkRows(of: dataset, split, maxLength: manifest.maxLength)
  }

  private mutating func checkRows(
    of dataset: ShardDataset, _ split: Manifest.Split, maxLength: Int
  ) {
    var counts = Manifest.Counts()
    (counts.truncated, counts.dropped) = (split.counts.truncated, split.counts.dropped)
    var checked = CheckedSplit(dataset: dataset, name: split.name)
    let folder = dataset.folder
    var badRows = 0
    // Damage comes in heaps: the first few rows say where, the rest is a number.
    func findRow(_ message: String) {
      badRows += 1
      if badRows <= 20 { find(.damagedRow, folder, message) }
    }
    for index in 0..<dataset.count {
      do {
        let row = try dataset.example(at: index)
        counts.add(row)
        report.rows += 1
        if row.completionIDs.isEmpty { findRow("row \(index) has no completion") }
        if row.promptIDs.count >= maxLength || row.completionIDs.count > maxLength {
          findRow("row \(index) has a prompt or completion too long for max_length = \(maxLength)")
        }
        checked.groups.insert(contentKey(row.group.utf8))
        let keys = TokenKeys(prompt: row.promptIDs, completion: row.completionIDs, maxLength: maxLength)
        checked.prompts.insert(keys.prompt)
        checked.conversations.append(
          (keys.conversation, UInt32(row.promptIDs.count + row.completionIDs.count)))
      } catch {
        findRow("\(error)")
      }
    }
    if badRows > 20 { find(.damagedRow, folder, "\(badRows - 20) more rows are damaged") }
    for (name, actual, stated) in [
      ("desirable rows", counts.desirable, split.counts.desirable),
      ("undesirable rows", counts.undesirable, split.counts.undesirable),
      ("prompt tokens", counts.promptTokens, split.counts.promptTokens),
      ("completion tokens", counts.completionTokens, split.counts.completionTokens),
    ] where actual != stated {
      find(.wrongCount, folder, "\(actual) \(name) where the manifest says \(stated)")
    }
    checkedSplits.append(checked)
  }

  // MARK: - Leaks

  private mutating func findLeaks(comparesPrompts: Bool) {
    for (number, split) in checkedSplits.enumerated() {
      for other in checkedSplits[..<number] {
        let groups = split.groups.count { other.groups.contains($0) }
        if groups > 0 {
          findLeak(
            in: split, "it shares \(counted(groups, "group")) with \(other.name)",
            row: split.firstRow { other.groups.contains(contentKey($0.group.utf8)) })
        }
        guard comparesPrompts else { continue }
        let prompts = split.prompts.count { other.prompts.contains($0) }
        // Rows of one group as a rule, and then told already.
        if prompts > groups {
          findLeak(
            in: split, "it shares the tokens of \(counted(prompts, "prompt")) with \(other.name)",
            row: split.firstRow {
              other.prompts.contains(TokenKeys(prompt: $0.promptIDs, completion: [], maxLength: 0).prompt)
            })
        }
      }
    }
    if comparesPrompts, checkedSplits.count > 1 { findContinuations() }
  }

  /// Prompts that begin with a whole row of another split: whoever learnt one has seen the other's turns.
  private mutating func findContinuations() {
    var conversations = Continuations()
    for (number, split) in checkedSplits.enumerated() {
      for row in split.conversations {
        conversations.add(row.key, tokenCount: Int(row.tokenCount), number: UInt32(number))
      }
    }
    for (number, split) in checkedSplits.enumerated() {
      var counts = [Int](repeating: 0, count: checkedSplits.count)
      var firstRows = [Int?](repeating: nil, count: checkedSplits.count)
      for index in 0..<split.dataset.count {
        // What cannot be read was told.
        guard let ids = try? split.dataset.example(at: index).promptIDs, ids.count >= conversations.minimum
        else { continue }
        var others: Set<Int> = []
        conversations.forEach(beginning: ids) { others.insert(Int($0)) }
        for other in others where other != number {
          counts[other] += 1
          firstRows[other] = firstRows[other] ?? index
        }
      }
      for (other, count) in counts.enumerated() where count > 0 {
        findLeak(
          in: split,
          "it has \(counted(count, "prompt")) that \(count == 1 ? "begins" : "begin") with a whole conversation of "
            + checkedSplits[other].name, row: firstRows[other])
      }
    }
  }

  /// - Parameter row: one of the rows that leak.
  private mutating func findLeak(in split: CheckedSplit, _ message: String, row: Int?) {
    var message = message
    if let row, let example = try? split.dataset.example(at: row) {
      message += ", such as in row \(row) (\(excerpt(example.id)))"
    }
    find(.leakedGroup, split.dataset.folder, message, hint: "split the examples again")
  }

  private mutating func checkHash(_ path: String, _ stated: String) {
    do {
      let actual = try SHA256.hash(fileAt: path)
      if actual != stated {
        find(.changedFile, path, "its SHA-256 is \(actual), the manifest says \(excerpt(stated, limit: 64))")
      }
    } catch { find(.missingFile, path, "\(error)") }
  }

  private mutating func find(
    _ code: Code, _ path: String, pointer: String = "", _ message: String, hint: String? = nil
  ) {
    let location = SourceLocation(file: path, byteOffset: 0, line: 1, column: 1)
    report.diagnostics.append(
      Diagnostic(code, at: location, pointer: pointer, message: message, hint: hint))
  }
}
