internal import KTOCore

/// Puts a placeholder in the place of what looks like personal data or a secret, by the same patterns as W23.
protocol MaskRepair: Repair {
  static var kinds: [PersonalData.Kind] { get }
  static var placeholder: String { get }
}

extension MaskRepair {
  package func repair(_ record: RepairedRecord) -> [RepairEdit] {
    record.texts.flatMap { text -> [RepairEdit] in
      guard let string = text.node.string else { return [] }
      var found: [Range<Int>] = []
      scanPersonalData(in: string.utf8.span) { data in
        if Self.kinds.contains(data.kind) { found.append(data.range) }
      }
      guard !found.isEmpty, let literal = record.literal(text.node) else { return [] }
      return found.map { RepairEdit(literal.raw($0), Array(Self.placeholder.utf8), isSecret: true) }
    }
  }
}

package struct MailMask: MaskRepair {
  package static let name = "mask-mail"
  package static let summary = "mail addresses become [MAIL]"
  package static let mask: String? = "mail"
  static let kinds: [PersonalData.Kind] = [.mail]
  static let placeholder = "[MAIL]"

  package init() {}
}

package struct PhoneMask: MaskRepair {
  package static let name = "mask-phone"
  package static let summary = "phone numbers become [PHONE]"
  package static let mask: String? = "phone"
  static let kinds: [PersonalData.Kind] = [.phone]
  static let placeholder = "[PHONE]"

  package init() {}
}

package struct CardMask: MaskRepair {
  package static let name = "mask-card"
  package static let summary = "card numbers become [CARD]"
  package static let mask: String? = "card"
  static let kinds: [PersonalData.Kind] = [.card]
  static let placeholder = "[CARD]"

  package init() {}
}

package struct KeyMask: MaskRepair {
  package static let name = "mask-key"
  package static let summary = "keys of services and private keys become [KEY]"
  package static let mask: String? = "key"
  static let kinds: [PersonalData.Kind] = [.apiKey, .privateKey]
  static let placeholder = "[KEY]"

  package init() {}
}

package struct AddressMask: MaskRepair {
  package static let name = "mask-ip"
  package static let summary = "IP addresses become [IP]"
  package static let mask: String? = "ip"
  static let kinds: [PersonalData.Kind] = [.ipv4, .ipv6]
  static let placeholder = "[IP]"

  package init() {}
}
