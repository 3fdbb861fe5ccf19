internal import KTOCore

/// A shape of records that is known so that the cause can be named, and that is not read.
///
/// To add one, write its file here and its line in the list. A record of such a shape is no evidence for any format.
protocol RefusedShape: SendableMetatype {
  /// For evidence alone.
  static var name: String { get }
  /// Whether a record has the shape, and no format that is read fits it.
  static func isRecognized(in record: JSONObject) -> Bool
  static var code: Code { get }
  static var message: String { get }
  static var hint: String { get }
}

let refusedShapes: [any RefusedShape.Type] = [GroupChat.self]
