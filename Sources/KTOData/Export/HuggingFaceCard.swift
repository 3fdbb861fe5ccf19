internal import KTOCore

/// The `README.md` of a data set folder: what the reader needs, in YAML, and statistics for people.
struct HuggingFaceCard {
  static let fileName = "README.md"

  /// Those that have rows, with the bytes of their files.
  let parts: [(part: ExportedPart, byteCount: Int)]
  let columns: HuggingFaceColumns
  let fileByteCount: Int
  var ending = "jsonl"

  var text: String {
    (["---"] + yaml + ["---", ""] + body).joined(separator: "\n") + "\n"
  }

  private var rowCount: Int { parts.reduce(0) { $0 + $1.part.statistics.labels.total } }

  private var yaml: [String] {
    var lines = ["configs:", "- config_name: default", "  data_files:"]
    for (part, _) in parts {
      lines += ["  - split: \(part.name)", "    path: data/\(part.name)-*.\(ending)"]
    }
    lines.append("dataset_info:")
    if let columns = columns.yamlLines { lines += ["  features:"] + columns }
    lines.append("  splits:")
    for (part, byteCount) in parts {
      lines += [
        "  - name: \(part.name)", "    num_bytes: \(byteCount)",
        "    num_examples: \(part.statistics.labels.total)",
      ]
    }
    lines += [
      "  download_size: \(fileByteCount)", "  dataset_size: \(fileByteCount)", "task_categories:",
      "- text-generation", "tags:", "- kto", "- preference", "size_categories:", "- \(sizeCategory)",
    ]
    return lines
  }

  private var sizeCategory: String {
    let limits = [
      (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
      (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
    ]
    return limits.first { rowCount < $0.0 }?.1 ?? "n>1T"
  }

  private var body: [String] {
    var lines = [
      "# Answers with a thumb", "",
      "Each row is one answer and whether it is desirable: TRL's unpaired conversational preference form (`prompt`,",
      "`completion`, `label`), as Kahneman-Tversky Optimization (KTO) trains on it. Rows of one `group` have one prompt",
      "or belong together, and lie in one part.", "",
      "| part | rows | desirable | undesirable | messages a row | characters a prompt | characters a desirable answer | an undesirable one |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (part, _) in parts {
      let statistics = part.statistics
      let labels = statistics.labels
      let cells = [
        part.name, String(labels.total), String(labels.desirable), String(labels.undesirable),
        mean(statistics.messageCount, labels.total, digits: 1),
        mean(statistics.promptCharacters, labels.total),
        mean(statistics.desirableCharacters, labels.desirable),
        mean(statistics.undesirableCharacters, labels.undesirable),
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    let columnLines: [(Bool, String)] = [
      (
        true, "- `id` names a row; `prompt` and `completion` are lists of messages with `role` and `content`."
      ),
      (columns.hasWeights, "- `weight` is how much a row counts in training, 1 where it is null."),
      (columns.hasTools, "- `tools` holds the definitions of tools as the text of a JSON array."),
      (columns.hasMetadata, "- `metadata` holds other fields of the source as the text of a JSON object."),
    ]
    return lines + [""] + columnLines.filter(\.0).map(\.1) + ["", "Written by kto-data."]
  }

  private func mean(_ sum: Int, _ count: Int, digits: Int = 0) -> String {
    count == 0 ? "–" : decimal(Double(sum) / Double(count), digits: digits)
  }
}
