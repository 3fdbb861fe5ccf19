/// Every export, the default first.
package let exampleExports: [any ExampleExport.Type] = [
  ExamplesExport.self, LinesExport<TRLForm>.self, LinesExport<TRLTextForm>.self, HuggingFaceExport.self,
  LLaMAFactoryExport.self, LinesExport<MSSwiftForm>.self, LinesExport<AxolotlForm>.self, HALOsExport.self,
  LinesExport<OpenAIForm>.self, OpenAIPreferenceExport.self, ParquetExport.self,
  HuggingFaceParquetExport.self,
]

/// Those whose parts have a file each, so that `split` can name it and `prepare` find it.
package var filePerPartExports: [any ExampleExport.Type] {
  exampleExports.filter { $0.fileName(split: "train") != nil }
}
