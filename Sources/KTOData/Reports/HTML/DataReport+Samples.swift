internal import KTOCore

extension DataReport {
  /// Characters of a message that are shown.
  private static let messageLimit = 4000

  func writeSamples(_ page: inout HTMLWriter) {
    let examples = samples.examples
    guard !examples.isEmpty else { return }
    page.raw("<section id=\"samples\"><h2>Samples</h2>\n")
    page.raw("<p class=\"dim\">Chosen by chance, some of each class.</p>")
    page.raw("<div class=\"leaf\" hidden><button type=\"button\" class=\"back\">Previous</button>")
    page.raw(
      "<output aria-live=\"polite\"></output><button type=\"button\" class=\"next\">Next</button></div>\n")
    for example in examples {
      page.raw("<article>")
      page.element(
        "h3", (example.label == true ? "Desirable" : "Undesirable") + ": \(excerpt(example.id, limit: 80))")
      page.element("code", "\(example.source.location)")
      for message in example.prompt { write(message, isAnswer: false, &page) }
      for message in example.completion { write(message, isAnswer: true, &page) }
      page.raw("</article>\n")
    }
    page.raw("</section>\n")
  }

  private func write(_ message: Message, isAnswer: Bool, _ page: inout HTMLWriter) {
    page.raw("<div class=\"message\">")
    page.element(
      "span", class: "role", excerpt(message.role) + (isAnswer ? " (the answer that is judged)" : ""))
    page.raw("<pre tabindex=\"0\">")
    page.text(message.content.prefix(Self.messageLimit))
    if message.content.count > Self.messageLimit {
      page.text("… (\(message.content.count - Self.messageLimit) more characters)")
    }
    page.raw("</pre></div>")
  }
}
