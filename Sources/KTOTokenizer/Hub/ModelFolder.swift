package struct ModelFolder: Sendable, Equatable {
  package var path: String
  package var name: String
  package var revision: String
  package var commit: String?
}
