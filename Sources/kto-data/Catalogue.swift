internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOTemplates
internal import KTOTokenizer

/// Every code that any command can find, ordered by identifier: each target lists its own.
let codeCatalogue: [Code] = (configurationCodes + dataCodes + hubCodes + templateCodes + tokenizerCodes)
  .sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }

/// The code of that identifier, in either case of its letter.
func catalogued(_ id: String) -> Code? { codeCatalogue.first { $0.id == id.uppercased() } }

/// What a code that there is not was most likely meant to be: those that begin with it, or the nearest.
func codeHint(for id: String) -> String {
  let begun = codeCatalogue.map(\.id).filter { $0.hasPrefix(id.uppercased()) }
  if !begun.isEmpty { return "codes that begin with \(excerpt(id)) are " + begun.joined(separator: ", ") }
  if let near = closest(to: id, in: codeCatalogue.map(\.id)) { return "did you mean \(near)?" }
  return "kto-data explain lists every code"
}
