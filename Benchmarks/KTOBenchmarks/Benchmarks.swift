/// What the tool runs; it asks for a global of this name.
let benchmarks: @Sendable () -> Void = {
  registerJSON()
  registerTokenizer()
  registerKernels()
  registerTraining()
}
