internal import ArgumentParser
internal import Foundation
internal import KTOCore
internal import KTOHub

extension CompletionKind {
  /// The models of the cache that the line names, and folders.
  static var model: CompletionKind { .custom { words, _, prefix in modelCompletions(words, prefix: prefix) } }
}

private func modelCompletions(_ words: [String], prefix: String) -> [String] {
  let place = words.firstIndex(of: "--cache").map { $0 + 1 }
  let hub =
    if let place, place < words.count { HubCache(root: words[place]) } else {
      HubCache(environment: ProcessInfo.processInfo.environment)
    }
  // What stands before the last slash is a folder; what follows begins a name in it.
  let start = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
  let entries = (try? folderEntries(start.isEmpty ? "." : start)) ?? []
  let folders = entries.filter { $0.kind == .folder && !$0.name.hasPrefix(".") }.map { start + $0.name + "/" }
  return (hub.modelNames + folders).filter { $0.hasPrefix(prefix) }
}
