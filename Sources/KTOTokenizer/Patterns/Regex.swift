internal import COniguruma
internal import KTOCore
internal import Synchronization

/// A regular expression as the reference runs it: Oniguruma's own syntax, UTF-8, no options.
///
/// `@unchecked Sendable`: the compiled program is written by `onig_new` alone and freed by `deinit`; searching reads
/// it, and all that a search changes (stack, region, counters) belongs to that call.
/// Owns the compiled program; nothing else points to it.
@safe final class Regex: @unchecked Sendable {
  /// The expression as the file writes it.
  let pattern: String
  private let program: OnigRegex

  /// How often matching may try again at one place before it is given up: the library's default, which the reference
  /// keeps.
  private static let matchRetryLimit: UInt = 10_000_000
  /// The same for all places of one search, for each byte; a pattern of a real tokenizer needs a few.
  private static let searchRetriesPerByte: UInt = 256
  /// A run takes an entry of the stack for each of its characters.
  private static let stackEntriesPerByte = 4

  /// - Throws: `TokenizerError.invalidPattern` with what Oniguruma says.
  init(_ pattern: String) throws(TokenizerError) {
    self.pattern = pattern
    guard Self.isInitialized else {
      throw .invalidPattern(pattern: pattern, reason: "Oniguruma does not start")
    }
    var compiled: OnigRegex?
    var info = unsafe OnigErrorInfo()
    let code = Self.compiling.withLock { _ in
      unsafe Array(RegexUnicode.rewritten(pattern).utf8).withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else {
          // An empty expression is an expression too.
          var nothing: UInt8 = 0
          return unsafe onig_new(
            &compiled, &nothing, &nothing, 0, kto_onig_utf8(), kto_onig_syntax(), &info)
        }
        return unsafe onig_new(
          &compiled, base, base + bytes.count, 0, kto_onig_utf8(), kto_onig_syntax(), &info)
      }
    }
    guard code == ONIG_NORMAL, let compiled = unsafe compiled else {
      throw .invalidPattern(pattern: pattern, reason: unsafe Self.text(of: code, &info))
    }
    unsafe program = compiled
  }

  deinit { unsafe onig_free(program) }

  /// Compiling allocates in tables of the library, one pattern at a time.
  private static let compiling = Mutex(())

  private static let isInitialized: Bool = {
    var encoding: OnigEncoding? = unsafe kto_onig_utf8()
    return unsafe onig_initialize(&encoding, 1) == ONIG_NORMAL
  }()

  private static func text(of code: Int32, _ info: inout OnigErrorInfo) -> String {
    var text = [UInt8](repeating: 0, count: Int(ONIG_MAX_ERROR_MESSAGE_LEN) + 1)
    let count = unsafe text.withUnsafeMutableBufferPointer { buffer in
      unsafe kto_onig_error_text(buffer.baseAddress, code, &info)
    }
    return String(decoding: text.prefix(max(0, Int(count))), as: UTF8.self)
  }

  /// Calls `body` with each match in a part of a text, from left to right; nothing outside the part is seen.
  ///
  /// An empty match where the one before it ended is not counted.
  /// - Throws: `TokenizerError.patternLimit` where a search takes too long.
  func forEachMatch(
    in text: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) throws(TokenizerError) {
    if range.isEmpty { return }
    let part = text.extracting(range)
    let search = Search(byteCount: part.count)
    var from = 0
    var lastEnd: Int?
    while from <= part.count {
      let found: Range<Int>?
      do throws(SearchFailure) {
        found = unsafe try part.withUnsafeBufferPointer { bytes throws(SearchFailure) in
          unsafe try search.next(program, bytes, from: from)
        }
      } catch { throw .patternLimit(pattern: pattern, offset: range.lowerBound + from) }
      guard let found else { return }
      if found.isEmpty, found.upperBound == lastEnd {
        if from >= part.count { return }
        from += utf8Width(part[from])
        continue
      }
      from = found.upperBound
      lastEnd = found.upperBound
      body((found.lowerBound + range.lowerBound)..<(found.upperBound + range.lowerBound))
    }
  }

  private struct SearchFailure: Error {}

  /// The changing part of a search: owns its region and its limits, for one call of `forEachMatch`.
  @safe private final class Search {
    private let region: UnsafeMutablePointer<OnigRegion>
    private let limits: OpaquePointer

    init(byteCount: Int) {
      unsafe region = onig_region_new()
      unsafe limits = onig_new_match_param()
      unsafe onig_initialize_match_param(limits)
      let searchLimit = matchRetryLimit + searchRetriesPerByte * UInt(byteCount)
      let stackLimit = UInt32(clamping: 1_000_000 + stackEntriesPerByte * byteCount)
      unsafe onig_set_retry_limit_in_match_of_match_param(limits, matchRetryLimit)
      unsafe onig_set_retry_limit_in_search_of_match_param(limits, searchLimit)
      unsafe onig_set_match_stack_limit_size_of_match_param(limits, stackLimit)
    }

    deinit {
      unsafe onig_region_free(region, 1)
      unsafe onig_free_match_param(limits)
    }

    func next(
      _ program: OnigRegex, _ text: UnsafeBufferPointer<UInt8>, from: Int
    ) throws(SearchFailure) -> Range<Int>? {
      guard let base = text.baseAddress else { return nil }
      let end = unsafe base + text.count
      let place = unsafe onig_search_with_param(
        program, base, end, base + from, end, region, 0, limits)
      if place == ONIG_MISMATCH { return nil }
      guard place >= 0 else { throw SearchFailure() }
      return Int(place)..<max(Int(place), Int(unsafe region.pointee.end[0]))
    }
  }
}

extension Regex: Equatable {
  static func == (left: Regex, right: Regex) -> Bool { left.pattern.hasSameBytes(as: right.pattern) }
}

/// The version of the Oniguruma that runs, such as `6.9.8`.
package func libraryPatternVersion() -> String { unsafe String(cString: onig_version()) }
