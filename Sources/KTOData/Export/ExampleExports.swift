/// Every export, the default first.
package let exampleExports: [any ExampleExport.Type] = [ExamplesExport.self, TRLExport.self]
