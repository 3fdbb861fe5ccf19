internal import CSimdjson

/// A parsed document as a flat list of entries: a container is a begin, its members and an end; a member of an object
/// is a key followed by its value.
///
/// Borrows memory of the parser for the time of a call of `JSONParser.read`. Indices run from 0 to `count` − 1; the
/// document's value is at 0. An index is the caller's to keep within what it has seen.
@safe package struct JSONTape: ~Copyable {
  package enum Kind {
    case null, bool, integer, double, string, key, arrayBegin, arrayEnd, objectBegin, objectEnd
  }

  private let entries: UnsafeBufferPointer<kto_json_entry>

  init(_ entries: UnsafeBufferPointer<kto_json_entry>) { unsafe self.entries = entries }

  package var count: Int { unsafe entries.count }

  package func kind(_ index: Int) -> Kind {
    switch unsafe kto_json_kind(entries[index].kind) {
    case KTO_JSON_FALSE, KTO_JSON_TRUE: .bool
    case KTO_JSON_INTEGER: .integer
    case KTO_JSON_DOUBLE: .double
    case KTO_JSON_STRING: .string
    case KTO_JSON_KEY: .key
    case KTO_JSON_ARRAY_BEGIN: .arrayBegin
    case KTO_JSON_ARRAY_END: .arrayEnd
    case KTO_JSON_OBJECT_BEGIN: .objectBegin
    case KTO_JSON_OBJECT_END: .objectEnd
    default: .null
    }
  }

  /// The byte at which an entry begins.
  package func offset(_ index: Int) -> Int { unsafe Int(entries[index].offset) }

  /// The number of an entry of kind `integer`.
  package func integer(_ index: Int) -> Int { unsafe Int(Int64(bitPattern: entries[index].bits)) }

  /// The bytes of a string or key, for the time of the call.
  package func withText<Value>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    let raw = unsafe UnsafeRawBufferPointer(start: entries[index].text, count: Int(entries[index].bits))
    return unsafe raw.withMemoryRebound(to: UInt8.self) { unsafe body($0) }
  }

  /// A string or key.
  package func text(_ index: Int) -> String {
    unsafe withText(index) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The index behind the value that begins at `index`. O(entries of the value).
  package func end(of index: Int) -> Int {
    var depth = 0
    var next = index
    repeat {
      switch kind(next) {
      case .arrayBegin, .objectBegin: depth += 1
      case .arrayEnd, .objectEnd: depth -= 1
      default: break
      }
      next += 1
    } while depth > 0
    return next
  }

  /// The index of a member's value in the object that begins at `index`; nil without one.
  package func member(_ key: String, of index: Int) -> Int? {
    guard kind(index) == .objectBegin else { return nil }
    var next = index + 1
    while kind(next) == .key {
      if unsafe withText(next, { unsafe $0.elementsEqual(key.utf8) }) { return next + 1 }
      next = end(of: next + 1)
    }
    return nil
  }

  /// The tree of the value that begins at `index`.
  /// - Parameter omitted: values that become null in it.
  /// - Throws: `JSONSyntaxError` for a key that an object has twice.
  package func node(at index: Int = 0, omitting omitted: [Int] = []) throws(JSONSyntaxError) -> JSONNode {
    var next = index
    return try node(&next, omitted)
  }

  private func node(_ index: inout Int, _ omitted: [Int]) throws(JSONSyntaxError) -> JSONNode {
    let offset = offset(index)
    if !omitted.isEmpty, omitted.contains(index) {
      index = end(of: index)
      return JSONNode(.null, offset: offset)
    }
    let place = index
    index += 1
    switch unsafe kto_json_kind(entries[place].kind) {
    case KTO_JSON_FALSE: return JSONNode(.bool(false), offset: offset)
    case KTO_JSON_TRUE: return JSONNode(.bool(true), offset: offset)
    case KTO_JSON_INTEGER: return JSONNode(.integer(integer(place)), offset: offset)
    case KTO_JSON_DOUBLE:
      return unsafe JSONNode(.double(Double(bitPattern: entries[place].bits)), offset: offset)
    case KTO_JSON_STRING: return JSONNode(.string(text(place)), offset: offset)
    case KTO_JSON_ARRAY_BEGIN:
      var items: [JSONNode] = []
      while kind(index) != .arrayEnd { items.append(try node(&index, omitted)) }
      index += 1
      return JSONNode(.array(items), offset: offset)
    case KTO_JSON_OBJECT_BEGIN:
      var members: [JSONObject.Member] = []
      while kind(index) != .objectEnd {
        let key = index
        index += 1
        members.append(
          JSONObject.Member(text(key), try node(&index, omitted), keyOffset: self.offset(key)))
      }
      index += 1
      try rejectDuplicates(members)
      return JSONNode(.object(JSONObject(members)), offset: offset)
    default: return JSONNode(.null, offset: offset)
    }
  }

  /// Compares keys by bytes: Swift's `==` on strings would call canonically equivalent keys the same.
  private func rejectDuplicates(_ members: [JSONObject.Member]) throws(JSONSyntaxError) {
    if members.count <= 12 {
      for later in members.indices.dropFirst() {
        for earlier in 0..<later
        where members[earlier].key.hasSameBytes(as: members[later].key) {
          throw duplicate(members[later])
        }
      }
      return
    }
    var seen = Set<[UInt8]>(minimumCapacity: members.count)
    for member in members where !seen.insert(Array(member.key.utf8)).inserted { throw duplicate(member) }
  }

  private func duplicate(_ member: JSONObject.Member) -> JSONSyntaxError {
    JSONSyntaxError(reason: .duplicateKey(member.key), offset: member.keyOffset)
  }
}
