package import KTOCore

/// Every code that this target can find, ordered by identifier.
package let dataCodes: [Code] =
  (Code.reading + Code.tokenization + checks.flatMap { $0.codes } + Code.splitting + Code.verification)
  .sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
