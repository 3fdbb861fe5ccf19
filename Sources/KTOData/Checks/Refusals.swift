internal import KTOCore

/// Openings of answers that refuse, or that say what the writer is instead of answering.
///
/// Written in small letters, with a straight apostrophe; letters beyond ASCII are compared as they are. An apology alone is no
/// refusal ("I'm sorry to hear that"), and "I can't" is one only with what is refused ("I can't wait" is none).
enum Refusals {
  /// What may come before a refusal, once or several times.
  private static let apologies = [
    "i'm sorry", "i am sorry", "i'm so sorry", "i'm very sorry", "sorry", "my apologies", "i apologize",
    "i apologise",
    "i'm afraid", "unfortunately", "es tut mir leid", "tut mir leid", "entschuldigung", "leider",
    "je suis désolé", "je suis désolée", "désolé", "désolée", "je regrette", "malheureusement", "lo siento",
    "lo siento mucho", "lamentablemente", "disculpa", "lamento",
  ]
  /// Refusals that need an apology before them.
  private static let afterApology = [
    "i can't", "i cannot", "i can not", "i won't", "i'm unable", "i am unable", "i'm not able",
    "i am not able",
    "i do not have access", "i don't have access", "i don't have the ability", "i do not have the ability",
    "that i can't",
    "that i cannot", "we can't", "we cannot", "it is not possible for me", "ich kann", "kann ich",
    "das kann ich",
    "je ne peux", "je ne suis pas en mesure", "no puedo", "no me es posible",
  ]
  /// Refusals and disclaimers without an apology.
  private static let direct = [
    "as an ai", "as a language model", "as a large language model", "as a text-based",
    "as an artificial intelligence",
    "as a responsible ai", "i'm just an ai", "i am just an ai", "i'm an ai", "i am an ai",
    "i'm a language model",
    "i am a language model", "i can't help", "i cannot help", "i can't assist", "i cannot assist",
    "i can't provide",
    "i cannot provide", "i can't comply", "i cannot comply", "i can't fulfill", "i cannot fulfill",
    "i can't do that",
    "i cannot do that", "i can't engage", "i cannot engage", "i can't discuss", "i cannot discuss",
    "i can't support",
    "i cannot support", "i can't answer", "i cannot answer", "i can't create", "i cannot create",
    "i can't generate",
    "i cannot generate", "i can't write", "i cannot write", "i can't offer", "i cannot offer", "i won't help",
    "i will not help", "i won't provide", "i will not provide", "i must decline", "i have to decline",
    "i must refuse",
    "i'm not able to", "i am not able to", "i'm unable to", "i am unable to", "it is not appropriate to",
    "it's not appropriate to", "als ki", "als eine ki", "als sprachmodell", "als künstliche intelligenz",
    "ich kann ihnen dabei nicht", "ich kann dir dabei nicht", "ich kann dabei nicht",
    "ich kann ihnen nicht helfen",
    "ich kann dir nicht helfen", "en tant qu'ia", "en tant que modèle de langage",
    "en tant qu'intelligence artificielle",
    "en tant qu'assistant", "je ne peux pas vous aider", "je ne peux pas t'aider", "je ne peux pas fournir",
    "como modelo de lenguaje", "como ia", "como una ia", "como inteligencia artificial", "no puedo ayudar",
    "no puedo proporcionar",
  ]
  /// Words between an apology and what follows it.
  private static let links = ["but", "however", "that", "aber", "mais", "pero"]

  private static let apologyPhrases = phrases(apologies)
  private static let refusalPhrases = phrases(direct)
  private static let apologizedPhrases = phrases(afterApology)
  private static let linkPhrases = phrases(links)

  /// Whether a text begins with a refusal. Looks at its first words alone.
  static func beginsWithRefusal(_ text: Span<UInt8>) -> Bool {
    var place = skipBlanks(in: text, from: 0)
    guard place < text.count else { return false }
    if end(of: refusalPhrases, in: text, at: place) != nil { return true }
    var hasApology = false
    while let after = end(of: apologyPhrases, in: text, at: place) {
      hasApology = true
      place = skipBlanks(in: text, from: after)
      while let link = end(of: linkPhrases, in: text, at: place) { place = skipBlanks(in: text, from: link) }
    }
    guard hasApology else { return false }
    return end(of: refusalPhrases, in: text, at: place) != nil
      || end(of: apologizedPhrases, in: text, at: place) != nil
  }

  /// Phrases by their first byte, the longest first, since one may begin with another.
  private static func phrases(_ texts: [String]) -> [[[UInt8]]] {
    var table = [[[UInt8]]](repeating: [], count: 256)
    for text in texts.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      let bytes = Array(text.utf8)
      table[Int(bytes[0])].append(bytes)
    }
    return table
  }

  /// Where the first phrase that begins at `start` ends; nil where none does, or none ends with a word.
  private static func end(of table: [[[UInt8]]], in text: Span<UInt8>, at start: Int) -> Int? {
    guard start < text.count else { return nil }
    for phrase in table[Int(folded(text[start]))] {
      if let end = end(of: phrase, in: text, at: start) { return end }
    }
    return nil
  }

  private static func end(of phrase: [UInt8], in text: Span<UInt8>, at start: Int) -> Int? {
    var place = start
    for byte in phrase {
      guard place < text.count else { return nil }
      if byte == UInt8(ascii: "'"), occurs(curlyApostrophe, in: text, at: place) {
        place += curlyApostrophe.count
      } else if folded(text[place]) == byte {
        place += 1
      } else {
        return nil
      }
    }
    let endsWord =
      place == text.count
      || !((0x61...0x7A).contains(text[place] | 0x20) || (0xC3...0xDF).contains(text[place]))
    return endsWord ? place : nil
  }

  private static let curlyApostrophe: [UInt8] = [0xE2, 0x80, 0x99]

  private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// The next byte that is no white space and no mark that may stand before or between words.
  private static func skipBlanks(in text: Span<UInt8>, from start: Int) -> Int {
    var place = start
    while place < text.count, isBlank(text[place]) { place += 1 }
    return place
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: ";"),
      UInt8(ascii: "\""), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
