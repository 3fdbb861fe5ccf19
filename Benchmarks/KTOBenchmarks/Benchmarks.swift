/// What the tool runs; it asks for a global of this name.
let benchmarks: @Sendable () -> Void = {
  registerData()
  registerTokenizer()
  registerKernels()
  registerTraining()
}
