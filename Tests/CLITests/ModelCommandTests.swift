import Foundation
import KTOTestSupport
import Testing

struct ModelCommandTests {
  private let cache = ["--cache", CommandLineTool.package.appendingPathComponent("data/models").path]

  @Test func `the list has name, revision, commit, size and files`() throws {
    let result = try CommandLineTool.run(["model", "list"] + cache)
    #expect(
      result.output.hasPrefix(
        "model                  revision  commit        size    files\nkto-data/tiny-mistral  main "))
  }

  @Test func `an empty cache is said to be so`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["model", "list", "--cache", folder.url.path])
    #expect(result.output == "no models in \(folder.url.path)\n" && result.exitCode == 0)
  }

  @Test func `what is shown has the architecture, the tokens and what the template does`() throws {
    let result = try CommandLineTool.run(["model", "show", "kto-data/tiny-mistral"] + cache)
    for part in [
      "mistral, MistralForCausalLM", "4 layers of 128", "BPE, 4096 tokens", "bos_token <|bos|> (1)",
      "roles: system, user, assistant", "pre-tokenizer: ByteLevel",
    ] {
      #expect(result.output.contains(part))
    }
  }

  @Test func `a sound model verifies`() throws {
    let result = try CommandLineTool.run(["model", "verify", "kto-data/tiny-mistral"] + cache)
    #expect(result.output.hasPrefix("✓ kto-data/tiny-mistral at ") && result.exitCode == 0)
  }

  @Test func `damage is a finding, and the exit code is 1`() throws {
    let folder = try TemporaryFolder()
    try folder.write("{", to: "config.json")
    let result = try CommandLineTool.run(["model", "verify", folder.url.path])
    #expect(result.error.hasPrefix("config.json: error: H04:") && result.exitCode == 1)
  }

  @Test(arguments: ["show", "verify"])
  func `a model that is not there is named with the folder looked in`(_ command: String) throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["model", command, "org/none", "--cache", folder.url.path])
    #expect(result.error.contains("org/none is not in \(folder.url.path)"))
    #expect(result.error.contains("'hf download org/none'") && result.exitCode == 2)
    #expect(result.error.contains("kto-data model import FILE.gguf --name org/none"))
  }
}
