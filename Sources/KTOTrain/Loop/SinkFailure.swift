/// What a sink threw, wrapped so that it can be told from what the loop itself throws.
struct SinkFailure: Error {
  var error: any Error
}
