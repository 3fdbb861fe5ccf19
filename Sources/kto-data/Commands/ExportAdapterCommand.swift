internal import ArgumentParser
internal import KTOModels
internal import KTORun

struct ExportAdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-adapter", abstract: "Write an adapter in the form that another program reads.",
    discussion: """
      Forms:

      \(adapterExports.map { "\($0.name)  \($0.fileNames.joined(separator: ", ")), for \($0.summary)" }
        .joined(separator: "\n"))

      What train writes is PEFT's and mlx-lm's form in one folder already.

      EXAMPLES:
        kto-data export-adapter --adapter test_outputs/final_model --cache data/models --to gguf -o adapter-gguf
        kto-data export-adapter --model data/models/models--kto-data--tiny-mistral \\
          --adapter test_checkpoints/best_checkpoint.npz --to peft -o best-adapter
      """)

  @OptionGroup var source: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "The form: \(adapterExports.map { $0.name }.joined(separator: ", ")).", valueName: "form"))
  var to: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "dir"),
    completion: .directory)
  var output: String

  @OptionGroup var options: OutputOptions

  func validate() throws { _ = try form }

  private var form: any AdapterExport.Type {
    get throws {
      guard let form = adapterExports.first(where: { $0.name == to }) else {
        throw ValidationError(
          "--to: \(to) is not one of \(adapterExports.map { $0.name }.joined(separator: ", "))")
      }
      return form
    }
  }

  func run() throws {
    let adapter = try source.load()
    for text in adapter.warnings { options.terminal.error.warn(text) }
    let form = try form
    try adapter.export(as: form, to: output, force: options.force)
    for name in form.fileNames { print("✓ \(output)/\(name)") }
  }
}
