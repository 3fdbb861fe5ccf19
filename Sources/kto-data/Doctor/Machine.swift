internal import Glibc
internal import KTOCore

/// What the operating system says about this machine.
enum Machine {
  /// Bytes of memory in all and available now; the smaller of the machine's and the container's limit.
  static func memory() -> (total: Int, available: Int)? {
    let fields = colonFields("/proc/meminfo")
    guard let total = kibibytes(fields["MemTotal"]), let available = kibibytes(fields["MemAvailable"]) else {
      return nil
    }
    guard let limit = number("/sys/fs/cgroup/memory.max"), limit < total else { return (total, available) }
    let used = number("/sys/fs/cgroup/memory.current") ?? 0
    return (limit, min(available, max(0, limit - used)))
  }

  /// The most bytes of memory that this process has had at once.
  static func peakMemory() -> Int? { kibibytes(colonFields("/proc/self/status")["VmHWM"]) }

  /// Bytes free for this user on the disk that holds a path.
  static func freeDisk(at path: String) -> Int? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    let (bytes, isOverflow) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return isOverflow ? .max : bytes
  }

  /// The processor's name, the cores this process may use, and the vector instructions it has.
  static func processor() -> (name: String, coreCount: Int, features: [String]) {
    let fields = colonFields("/proc/cpuinfo")
    let flags = Set((fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map { String($0) })
    let wanted = ["avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_bf16", "amx_bf16", "asimd", "sve"]
    return (
      fields["model name"] ?? "unknown processor", usableCoreCount(), wanted.filter { flags.contains($0) }
    )
  }

  /// The cores this process may run on, by its affinity.
  static func usableCoreCount() -> Int {
    // A mask in hexadecimal digits, with commas between groups.
    let mask = colonFields("/proc/self/status")["Cpus_allowed"] ?? ""
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
    return count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// The first line of `swift --version`, or nil where there is no compiler on the path.
  static func compilerVersion() -> String? {
    guard let pipe = unsafe popen("swift --version 2>/dev/null", "r") else { return nil }
    defer { unsafe _ = pclose(pipe) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while text.count < 1 << 16 {
      let count = unsafe fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").first.map { excerpt($0, limit: 100) }
  }

  /// The first `name: value` of each name in a file of /proc.
  private static func colonFields(_ path: String) -> [String: String] {
    guard let bytes = try? readFile(path, limit: 1 << 22) else { return [:] }
    var fields: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let name = line[..<colon].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if fields[name] == nil {
        let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        fields[name] = String(value)
      }
    }
    return fields
  }

  private static func kibibytes(_ text: String?) -> Int? {
    text?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  private static func number(_ path: String) -> Int? {
    guard let bytes = try? readFile(path, limit: 1 << 12) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.flatMap {
      Int($0)
    }
  }
}
