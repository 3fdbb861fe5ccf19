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
