import KTOHub
import KTOTestSupport
import Testing

struct NearestModelTests {
  private let folder: TemporaryFolder
  private var cache: HubCache { HubCache(root: folder.path) }

  init() throws {
    folder = try TemporaryFolder([
      "models--HuggingFaceTB--SmolLM2-135M-Instruct/refs/main": "", "models--gpt2/refs/main": "",
    ])
  }

  @Test(arguments: [
    ("HuggingFaceTB/SmolLM2-135M-Instuct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("smollm2-135m-instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("huggingface/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("SmolLM2-135M-Instrct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("models--HuggingFaceTB--SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
    ("openai-community/gpt2", "gpt2"), ("meta-llama/Llama-3.2-1B", nil), ("", nil),
  ])
  func `a name that is not there has the nearest one that is`(name: String, nearest: String?) {
    #expect(cache.nearestName(to: name) == nearest)
  }
}
