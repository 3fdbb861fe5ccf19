package import KTOCore

/// Counts and lengths of some examples; lengths are in characters of the text.
package struct ExampleStatistics: Sendable, Equatable {
  package private(set) var labels = ClassCounts()
  package private(set) var messageCount = 0
  /// Of all prompts, and of the completions of each class.
  package private(set) var promptCharacters = 0
  package private(set) var desirableCharacters = 0
  package private(set) var undesirableCharacters = 0
  package private(set) var longestPrompt = 0
  package private(set) var longestCompletion = 0

  package init() {}

  package mutating func add(_ example: Example) {
    labels.add(example.label)
    messageCount += example.prompt.count + example.completion.count
    let prompt = example.prompt.characterCount
    let completion = example.completion.characterCount
    promptCharacters += prompt
    if example.label == true {
      desirableCharacters += completion
    } else {
      undesirableCharacters += completion
    }
    longestPrompt = max(longestPrompt, prompt)
    longestCompletion = max(longestCompletion, completion)
  }

  package func json() -> JSONValue {
    .members([
      "rows": .integer(labels.total), "desirable": .integer(labels.desirable),
      "undesirable": .integer(labels.undesirable), "messages": .integer(messageCount),
      "prompt_characters": .integer(promptCharacters),
      "completion_characters": .integer(desirableCharacters + undesirableCharacters),
      "longest_prompt": .integer(longestPrompt), "longest_completion": .integer(longestCompletion),
    ])
  }
}

extension [Message] {
  fileprivate var characterCount: Int { reduce(0) { $0 + $1.content.unicodeScalars.count } }
}
