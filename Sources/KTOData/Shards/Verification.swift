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
/// damaged · V04 a count differs · E08 a group has rows in two splits. Reads each file twice, in pieces; keeps
/// 8 bytes a group in memory.
package func verify(folder: String) -> VerificationReport {
  var verifier = Verifier(folder: folder)
  verifier.run()
  return verifier.report
}

private struct Verifier {
  let folder: String
  var report = VerificationReport()
  private var groupsOfSplits: [(name: String, groups: Set<UInt64>)] = []

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
    checkRows(of: dataset, split, maxLength: manifest.maxLength, groupBy: manifest.groupBy)
  }

  private mutating func checkRows(
    of dataset: ShardDataset, _ split: Manifest.Split, maxLength: Int, groupBy: String
  ) {
    var counts = Manifest.Counts()
    (counts.truncated, counts.dropped) = (split.counts.truncated, split.counts.dropped)
    var groups: Set<UInt64> = []
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
        groups.insert(contentKey(row.group.utf8))
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
    if groupBy != "none" {
      for (name, others) in groupsOfSplits {
        let shared = groups.count { others.contains($0) }
        if shared > 0 {
          find(
            .leakedGroup, folder, "\(shared) groups have rows in \(name) too",
            hint: "split the examples again")
        }
      }
    }
    groupsOfSplits.append((split.name, groups))
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
