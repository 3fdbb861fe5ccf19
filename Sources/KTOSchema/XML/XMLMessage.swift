internal import KTOCore

/// A message of libxml2 without their line end, and harmless to print.
package func trimmedMessage(_ message: String) -> String {
  var text = message
  while text.last?.isNewline == true { text.removeLast() }
  return excerpt(text, limit: 200)
}
