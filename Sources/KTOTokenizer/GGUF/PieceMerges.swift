/// The merges of a sentencepiece vocabulary, which has scores instead, as transformers' converter makes them.
///
/// Each way to cut a piece into two others is a merge. They go by the piece's score, the highest first; then the
/// longer left part goes first, in characters, then the longer right part.
func pieceMerges(_ pieces: [String], scores: [Double]) -> [(String, String)] {
  struct Merge {
    var left: Int
    var right: Int
    var score: Double
    var leftCount: Int
    var rightCount: Int
  }
  var ids: [[UInt8]: Int] = [:]
  ids.reserveCapacity(pieces.count)
  for (id, piece) in pieces.enumerated() { ids[Array(piece.utf8)] = id }
  var merges: [Merge] = []
  for (id, piece) in pieces.enumerated() {
    let bytes = Array(piece.utf8)
    var ways: [Merge] = []
    let scalarCount = piece.unicodeScalars.count
    var leftCount = 0
    for cut in bytes.indices.dropFirst() where bytes[cut] & 0xC0 != 0x80 {
      leftCount += 1
      guard let left = ids[Array(bytes[..<cut])], let right = ids[Array(bytes[cut...])] else { continue }
      ways.append(
        Merge(
          left: left, right: right, score: scores[id], leftCount: leftCount,
          rightCount: scalarCount - leftCount))
    }
    merges += ways.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
  }
  // The standard library's sort keeps the order of equals, as the converter's does.
  merges.sort { ($0.score, $0.leftCount, $0.rightCount) > ($1.score, $1.leftCount, $1.rightCount) }
  return merges.map { (pieces[$0.left], pieces[$0.right]) }
}
