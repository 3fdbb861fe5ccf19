/// The moment a template is rendered at, for `strftime_now`: local time, given from outside.
package struct TemplateClock: Sendable, Equatable {
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = min(max(month, 1), 12)
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November",
    "December",
  ]
  private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

  /// The text of C's `strftime` in the C locale; directives it does not know stay as they are.
  func text(_ format: String) -> String {
    var result = ""
    var isDirective = false
    var keepsZeros = true
    for scalar in format.unicodeScalars {
      if !isDirective {
        if scalar == "%" {
          (isDirective, keepsZeros) = (true, true)
        } else {
          result.unicodeScalars.append(scalar)
        }
        continue
      }
      if scalar == "-", keepsZeros {
        keepsZeros = false
        continue
      }
      isDirective = false
      result += text(of: scalar, keepsZeros) ?? "%\(scalar)"
    }
    return isDirective ? result + "%" : result
  }

  private func text(of directive: Unicode.Scalar, _ keepsZeros: Bool) -> String? {
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return keepsZeros ? String(repeating: "0", count: max(0, width - digits.count)) + digits : digits
    }
    switch directive {
    case "Y": return padded(year, 4)
    case "y": return padded(year % 100)
    case "m": return padded(month)
    case "d": return padded(day)
    case "e": return day < 10 && keepsZeros ? " \(day)" : String(day)
    case "B": return Self.months[month - 1]
    case "b", "h": return String(Self.months[month - 1].prefix(3))
    case "A": return Self.days[weekday]
    case "a": return String(Self.days[weekday].prefix(3))
    case "w": return String(weekday)
    case "H": return padded(hour)
    case "I": return padded((hour + 11) % 12 + 1)
    case "M": return padded(minute)
    case "S": return padded(second)
    case "p": return hour < 12 ? "AM" : "PM"
    case "j": return padded(dayOfYear, 3)
    case "F": return text("%Y-%m-%d")
    case "T": return text("%H:%M:%S")
    case "D": return text("%m/%d/%y")
    case "R": return text("%H:%M")
    case "n": return "\n"
    case "t": return "\t"
    case "%": return "%"
    default: return nil
    }
  }

  /// Days since Sunday, by Sakamoto's method.
  private var weekday: Int {
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let y = month < 3 ? year - 1 : year
    return (((y + y / 4 - y / 100 + y / 400 + offsets[month - 1] + day) % 7) + 7) % 7
  }

  private var dayOfYear: Int {
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return before[month - 1] + day + (isLeap && month > 2 ? 1 : 0)
  }
}
