internal import KTOCore

/// Chats between named people, as Telegram, Slack, Discord, Messenger and others export them, and WhatsApp as text.
struct GroupChat: RefusedShape {
  static let name = "group-chat"
  static let code = Code.groupChat
  static let message =
    "this is a group chat of named people, not a conversation with an assistant: nobody in it is the assistant"
  static let hint = """
    leave it out, or write records of prompt, completion and label from it, with the consent of those who wrote
    """

  static func isRecognized(in record: JSONObject) -> Bool {
    if isSlackMessage(record) { return true }
    // Telegram's export of all chats.
    if let chats = record["chats"]?["list"]?.array {
      return chats.contains { $0.object.map(isRecognized) ?? false }
    }
    // Teams' messages are under "value", as in all that Microsoft Graph gives.
    guard let messages = (record["messages"] ?? record["value"])?.array, !messages.isEmpty else {
      return isSingleMessage(record)
    }
    let looked = messages.prefix(32).compactMap(\.object)
    let people = looked.compactMap { person($0) }
    guard people.count * 2 >= looked.count, !people.isEmpty else { return false }
    // Where somebody is called user or assistant, it is a conversation in an unknown shape.
    return !people.contains { SpeakerRole($0) != nil || assistantNames.contains($0.lowercased()) }
  }

  /// Who wrote a message of a chat; nil for one of a conversation with an assistant, and for what is none.
  private static func person(_ message: JSONObject) -> String? {
    guard message["role"] == nil, message["isCreatedByUser"] == nil, message["value"] == nil else {
      return nil
    }
    // LangChain's messages have the role in their type.
    if let type = message["type"]?.string, SpeakerRole(type) != nil || assistantNames.contains(type) {
      return nil
    }
    for key in textKeys where message[key] != nil {
      for key in personKeys {
        guard let person = message[key] else { continue }
        if let name = person.string { return name }
        // Discord's author, Google Chat's creator, Teams' from.
        for key in ["name", "username", "displayName", "email", "user"] {
          if let name = person[key]?.string ?? person[key]?["displayName"]?.string { return name }
        }
      }
      return nil
    }
    return nil
  }

  /// Slack writes an array of messages for each channel and day.
  private static func isSlackMessage(_ record: JSONObject) -> Bool {
    record["type"]?.string == "message" && record["ts"] != nil && record["role"] == nil
      && (record["user"] != nil || record["bot_id"] != nil || record["username"] != nil)
  }

  /// A message a record, with its author and its time.
  private static func isSingleMessage(_ record: JSONObject) -> Bool {
    // Mattermost's bulk export, and Discord's as a table.
    if let post = record["post"]?.object, post["user"] != nil, post["message"] != nil { return true }
    if record["AuthorID"] != nil, record["Author"] != nil, record["Content"] != nil { return true }
    let hasTime = [
      "timestamp", "timestamp_ms", "date", "created_date", "sent_at", "createdDateTime", "origin_server_ts",
    ]
    .contains { record[$0] != nil }
    guard hasTime, record["role"] == nil, record["label"] == nil, record["prompt"] == nil else {
      return false
    }
    guard
      record["author"]?.object != nil || record["sender_name"] != nil || record["from_id"] != nil
        || record["sender"]?.string?.hasPrefix("@") == true || record["channel_id"] != nil
    else { return false }
    return textKeys.contains { record[$0] != nil }
  }

  private static let personKeys = [
    "from", "author", "sender_name", "sender", "creator", "user", "username", "from_name", "user_profile",
    "actor", "name", "source", "sourceName", "author_name", "nickname",
  ]
  private static let textKeys = ["text", "content", "body", "message", "media", "photos"]
  private static let assistantNames: Set<String> = ["ai", "claude", "gemini", "llm", "agent"]
}

extension GroupChat {
  /// Whether lines of text are WhatsApp's: a date and a time, a name, a colon.
  static func isRecognized(inLines lines: [ArraySlice<UInt8>]) -> Bool {
    if lines.count(where: { isOnChannel($0) }) * 2 >= lines.count { return true }
    let heads = lines.compactMap { behindDate($0) }
    guard !heads.isEmpty, heads.count * 2 >= lines.count else { return false }
    // A log's lines have a level, in capitals, where a chat's have a name.
    return heads.contains { head in
      guard let colon = head.firstIndex(of: UInt8(ascii: ":")), colon + 1 < head.endIndex else {
        return false
      }
      let name = head[..<colon]
      return !name.isEmpty && head[colon + 1] == 0x20
        && !name.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
  }

  /// `[22:15] <ann> Hi` of IRC, or `10:15:30 From Ann to Everyone: Hi` of a video call.
  private static func isOnChannel(_ line: ArraySlice<UInt8>) -> Bool {
    let time = line.prefix { "[]0123456789: ".utf8.contains($0) }
    guard time.contains(where: { (48...57).contains($0) }), time.contains(UInt8(ascii: ":")) else {
      return false
    }
    let rest = String(decoding: line.dropFirst(time.count).prefix(80), as: UTF8.self)
    if rest.hasPrefix("<") { return rest.contains("> ") }
    return rest.hasPrefix("From ") && rest.contains(" to ") && rest.contains(":")
  }

  /// What follows the date and the time of `31.12.20, 22:15 - Ann: Hi` or `[12/31/20, 10:15:30 PM] Ann: Hi`; nil for a
  /// line that does not begin so.
  private static func behindDate(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    // Marks of the direction of writing may stand before the bracket.
    var rest = line.drop { $0 == UInt8(ascii: "[") || $0 >= 0x80 || $0 == 0x20 }
    func number(_ range: ClosedRange<Int>) -> Bool {
      let count = rest.prefix { (48...57).contains($0) }.count
      rest = rest.dropFirst(count)
      return range.contains(count)
    }
    func mark(_ marks: String) -> Bool {
      guard let first = rest.first, marks.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard number(1...4), mark("./-"), number(1...2), mark("./-"), number(1...4) else { return nil }
    _ = mark(",")
    guard mark(" "), number(1...2), mark(":."), number(2...2) else { return nil }
    // Seconds and the half of the day may stand before the mark that ends the time.
    let end = rest.prefix(16).firstIndex { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "]") }
    return end.map { rest[($0 + 1)...].drop { $0 == 0x20 } }
  }
}
