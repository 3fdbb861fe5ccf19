/// Everything that a tokenizer's file says, whatever its format, as the stages that run.
struct TokenizerDefinition: Sendable {
  var model: BPEModel
  /// A `Sequence` is laid flat.
  var normalizers: [Normalizer] = []
  /// A `Sequence` is laid flat.
  var preTokenizers: [PreTokenizer] = []
  var postProcessors: [PostProcessor] = []
  var decoders: [Decoder] = []
  var addedTokens: [AddedToken] = []
  var truncation: Truncation?
  var padding: Padding?
}
