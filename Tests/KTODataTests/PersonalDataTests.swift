import KTOCore
import Testing

@testable import KTOData

/// Personal data and secrets (W23). Keys are put together here, so that no scanner of sources takes them for real.
struct PersonalDataTests {
  private func kinds(_ text: String) -> [PersonalData.Kind] {
    var found: [PersonalData.Kind] = []
    scanPersonalData(in: text.utf8.span) { found.append($0.kind) }
    return found
  }

  private static let letters = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0eF5hJ7kL9n"
  private static let base64 = String(repeating: "MIIEvQIBADANBgkq", count: 6)

  @Test(
    arguments: [
      ("Write to jane.doe2@mail-works.co.uk.", .mail), ("<a@b1.de>", .mail),
      ("Call (212) 664-7665 now", .phone), ("212-664-7665", .phone), ("+49 30 9018 2042", .phone),
      ("+1 (212) 664-7665", .phone), ("tel:+442079460018", .phone),
      ("4539 1488 0343 6467", .card), ("card 4539148803436467.", .card), ("3714 496353 98456", .card),
      ("from 93.184.216.34:80", .ipv4), ("http://93.184.216.34/x", .ipv4), ("port 80 93.184.216.34", .ipv4),
      ("at 2a02:908:1a2b:c3d4:5e6f:7a8b:9c0d:1e2f.", .ipv6), ("2606:4700:10::6816:1b", .ipv6),
      ("-----BEGIN RSA PRIVATE " + "KEY-----\n" + base64, .privateKey),
      ("key=" + "AKIA" + "QWERTZUIOPL2JHGF", .apiKey), ("ghp_" + letters, .apiKey),
      ("\"sk-" + letters + "\"", .apiKey),
    ] as [(String, PersonalData.Kind)])
  func `what identifies somebody is found`(text: String, kind: PersonalData.Kind) {
    #expect(kinds(text) == [kind])
    #expect(kinds("words before it, " + text + " and 3 words after it.") == [kind])
  }

  @Test(arguments: [
    "jane@example.com, user@your-domain.org, git@github.com:a/b.git, icon@2x.png, @app.route('/'), react@17.0.2",
    "127.0.0.1 0.0.0.0 10.1.200.3 192.168.1.100 172.16.254.1 203.0.113.7 255.255.255.0 8.8.8.8",
    "version 1.2.3.4, v10.15.7.100, Chrome/91.0.4472.124, 3.141592653589793, 1.2.3.400, 1.2.3.4.5, version 100.1.2.3",
    "2001:db8:0:1:1:1:1:1, 2001:0DB8:85a3:0:0:8a2e:370:7334 and ::1, 12:30:45, 2023:10:11, 20:aa:bb:cc:dd:ee, fe80::1:2:3:4",
    "555-555-5555, (212) 555-0123, 123-456-7890, +1 234 567 8900, 2023-10-11, 1,234,567, 10 000 000, 978-3-16-148410-0",
    "4111 1111 1111 1111, 4242424242424242, 4539 1488 0343 6468, 0.4539148803436467, id_4539148803436467, 1700000000000",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----, -----BEGIN CERTIFICATE-----, ---------- | -----",
    "AKIAIOSFODNN7EXAMPLE, sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, sk-learn-2, risk-2000, AK47, ghp_your_token_1",
    "", "@", "1", "+", "a@", "-----", "AK", "2001:", "1.", "(2", "1-",
  ])
  func `what is reserved, made up or something else is not`(text: String) { #expect(kinds(text) == []) }

  @Test func `a row has one finding for each kind, which hides the value`() {
    var set = CheckedSet()
    let row = example(
      label: true, prompt: "I am jane.doe@mail-works.net",
      completion: "Hello jane.doe@mail-works.net, or joe@mail-works.net; your card is 4539 1488 0343 6467.")
    #expect(
      set.check(row).map(\.message) == [
        "the prompt holds what looks like a mail address: j…@….net",
        "the completion holds what looks like a card number: 4… (16 digits)",
      ])
    #expect(
      set.finish().first { $0.code == "W23" }?.message
        == "1 example holds what looks like personal data or secrets: mail addresses in 1, card numbers in 1")
  }

  @Test func `marks are found at every place of a block`() {
    for mark in ["@", "7", "-----"] {
      for before in 0..<80 {
        let text = String(repeating: "A-x-", count: 20).prefix(before) + "x" + mark + "xyz----A"
        #expect(firstIdentifierMark(in: String(text).utf8.span, from: 0) == before + 1)
      }
    }
    #expect(firstIdentifierMark(in: String(repeating: "A----x", count: 30).utf8.span, from: 0) == nil)
  }

  @Test func `long runs of marks take linear time`() {
    for unit in ["1 ", "a@", "1-", "-", "sk-1", "1.", "+1", "2:", "(1) "] {
      _ = kinds(String(repeating: unit, count: 100_000))
    }
  }
}
