/// Writes Markdown from the start tags, end tags and texts of HTML.
final class MarkdownWriter {
  /// Text of one block quote level; the innermost is last.
  private var levels: [[UInt8]] = [[]]
  private var lists: [(isOrdered: Bool, number: Int)] = []
  private var links: [(target: String?, start: Int)] = []
  private var preDepth = 0
  private var codeDepth = 0
  private var skipDepth = 0
  /// Line ends that must stand before the next text.
  private var pendingBreaks = 0
  private var pendingSpace = false
  /// What an opened list item puts before its first text.
  private var pendingMarker: [UInt8]?
  /// Block quotes that are open beyond the depth that is kept.
  private var deepQuotes = 0
  private static let maxNesting = 32

  func open(_ tag: String, link: String?) {
    switch tag {
    case "p", "div", "table", "hr", "dl": breakLines(2)
    case "h1", "h2", "h3", "h4", "h5", "h6":
      breakLines(2)
      emit(Array((String(repeating: "#", count: tag.last?.wholeNumberValue ?? 1) + " ").utf8))
    case "br": breakLines(1)
    case "tr", "dt", "dd": breakLines(1)
    case "pre":
      breakLines(2)
      if preDepth == 0 {
        emit(Array("```".utf8))
        breakLines(1)
        flushBreaks()
      }
      preDepth += 1
    case "code", "kbd", "samp", "tt":
      if preDepth == 0, codeDepth == 0 { emitInline("`") }
      codeDepth += 1
    case "em", "i": emitMark("*")
    case "strong", "b": emitMark("**")
    case "ul", "ol":
      breakLines(lists.isEmpty ? 2 : 1)
      if lists.count < Self.maxNesting { lists.append((tag == "ol", 0)) }
    case "li":
      breakLines(1)
      if lists.isEmpty {
        pendingMarker = Array("- ".utf8)
      } else {
        lists[lists.count - 1].number += 1
        let item = lists[lists.count - 1]
        let indent = String(repeating: "  ", count: lists.count - 1)
        pendingMarker = Array((indent + (item.isOrdered ? "\(item.number). " : "- ")).utf8)
      }
    case "a":
      flushBeforeText()
      links.append((link, levels[levels.count - 1].count))
    case "blockquote":
      if levels.count < Self.maxNesting {
        flushBreaks()
        levels.append([])
        pendingBreaks = 0
      } else {
        deepQuotes += 1
      }
    case "script", "style", "head": skipDepth += 1
    default: break
    }
  }

  func close(_ tag: String) {
    switch tag {
    case "p", "div", "table", "dl", "h1", "h2", "h3", "h4", "h5", "h6": breakLines(2)
    case "pre":
      preDepth = max(0, preDepth - 1)
      if preDepth == 0 {
        while levels[levels.count - 1].last == 0x0A { levels[levels.count - 1].removeLast() }
        pendingBreaks = 0
        levels[levels.count - 1] += Array("\n```".utf8)
        breakLines(2)
      }
    case "code", "kbd", "samp", "tt":
      codeDepth = max(0, codeDepth - 1)
      if preDepth == 0, codeDepth == 0 { emitRaw("`") }
    case "em", "i": emitClosingMark("*")
    case "strong", "b": emitClosingMark("**")
    case "ul", "ol":
      if !lists.isEmpty { lists.removeLast() }
      breakLines(lists.isEmpty ? 2 : 1)
    case "li": breakLines(1)
    case "a": closeLink()
    case "blockquote":
      if deepQuotes > 0 { deepQuotes -= 1 } else if levels.count > 1 { closeQuote() }
    case "script", "style", "head": skipDepth = max(0, skipDepth - 1)
    default: break
    }
  }

  func add(_ text: String) {
    guard skipDepth == 0 else { return }
    if preDepth > 0 {
      flushBreaks()
      levels[levels.count - 1].append(contentsOf: text.utf8)
      return
    }
    addCollapsed(Array(text.utf8))
  }

  /// Adds text with each run of white space as one space. By bytes, because most of a dump's text passes here.
  private func addCollapsed(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
      let width = spaceWidth(bytes, index)
      if width > 0 {
        pendingSpace = true
        index += width
        continue
      }
      let start = index
      while index < bytes.count, spaceWidth(bytes, index) == 0 { index += 1 }
      flushBeforeText()
      levels[levels.count - 1].append(contentsOf: bytes[start..<index])
    }
  }

  /// The bytes of the white space at an index, 0 where there is none. A no-break space is text to HTML, but only
  /// a space to who reads it.
  private func spaceWidth(_ bytes: [UInt8], _ index: Int) -> Int {
    switch bytes[index] {
    case 0x20, 0x0A, 0x0D, 0x09, 0x0C: 1
    case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0xA0: 2
    default: 0
    }
  }

  func finish() -> String {
    while links.popLast() != nil {}
    while levels.count > 1 { closeQuote() }
    var text = levels[0][...]
    while let last = text.last, last == 0x0A || last == 0x20 { text.removeLast() }
    while text.first == 0x0A { text.removeFirst() }
    return String(decoding: text, as: UTF8.self)
  }

  // MARK: - Output

  private func breakLines(_ count: Int) {
    guard preDepth == 0 || count == 1 else { return }
    if preDepth > 0 {
      levels[levels.count - 1].append(0x0A)
      return
    }
    pendingBreaks = max(pendingBreaks, count)
    pendingSpace = false
  }

  private func flushBreaks() {
    let level = levels.count - 1
    if pendingBreaks > 0, !levels[level].isEmpty {
      while levels[level].last == 0x20 { levels[level].removeLast() }
      levels[level] += [UInt8](repeating: 0x0A, count: pendingBreaks)
    }
    pendingBreaks = 0
    if let marker = pendingMarker {
      pendingMarker = nil
      levels[level] += marker
      pendingSpace = false
    }
  }

  private func flushBeforeText() {
    flushBreaks()
    let level = levels.count - 1
    if pendingSpace, let last = levels[level].last, last != 0x0A, last != 0x20 { levels[level].append(0x20) }
    pendingSpace = false
  }

  private func emit(_ bytes: [UInt8]) {
    guard skipDepth == 0 else { return }
    flushBeforeText()
    levels[levels.count - 1] += bytes
  }

  private func emitInline(_ mark: String) { emit(Array(mark.utf8)) }

  private func emitMark(_ mark: String) { if preDepth == 0, codeDepth == 0 { emitInline(mark) } }

  /// A closing mark stands right behind the text; a space that was due comes after it.
  private func emitClosingMark(_ mark: String) { if preDepth == 0, codeDepth == 0 { emitRaw(mark) } }

  private func emitRaw(_ mark: String) {
    guard skipDepth == 0 else { return }
    levels[levels.count - 1].append(contentsOf: mark.utf8)
  }

  private func closeLink() {
    guard let link = links.popLast() else { return }
    let level = levels.count - 1
    guard preDepth == 0, let target = link.target, !target.isEmpty, link.start <= levels[level].count else {
      return
    }
    let text = Array(levels[level][link.start...])
    guard !text.isEmpty, !text.elementsEqual(target.utf8), !text.contains(0x0A) else { return }
    levels[level].removeSubrange(link.start...)
    levels[level] += Array("[".utf8) + text + Array("](\(target))".utf8)
  }

  private func closeQuote() {
    var text = levels.removeLast()[...]
    while let last = text.last, last == 0x0A || last == 0x20 { text.removeLast() }
    pendingBreaks = 2
    flushBreaks()
    var isLineStart = true
    let level = levels.count - 1
    for byte in text {
      if isLineStart { levels[level] += byte == 0x0A ? Array(">".utf8) : Array("> ".utf8) }
      levels[level].append(byte)
      isLineStart = byte == 0x0A
    }
    breakLines(2)
  }
}
