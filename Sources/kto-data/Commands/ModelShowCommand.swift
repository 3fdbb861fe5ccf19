internal import ArgumentParser
internal import KTOCore
internal import KTOHub
internal import KTOModels
internal import KTOTokenizer

extension ModelCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a model's files, sizes, tokenizer and chat template.",
      discussion: """
        EXAMPLES:
          kto-data model show kto-data/tiny-mistral --cache data/models
          kto-data model show data/models/models--kto-data--tiny-mistral
        """)

    @Argument(
      help: ArgumentHelp("A hub name in the cache, or a folder.", valueName: "org/name|dir"),
      completion: .model)
    var name: String

    @Option(help: "Branch, tag or commit of a model in the cache.")
    var revision = "main"

    @OptionGroup var cache: CacheOptions

    func run() throws {
      let model = try cache.resolve(name, revision: revision)
      var rows = [["model", model.name]]
      if let commit = model.commit { rows.append(["revision", "\(model.revision), commit \(commit)"]) }
      rows.append(["folder", model.path])
      rows += Self.files(model)
      rows += Self.architecture(model)
      rows += try Self.tokenizer(model)
      print(table(rows))
    }

    private static func files(_ model: ModelFolder) -> [[String]] {
      let files = model.files()
      let total = byteText(files.compactMap(\.byteCount).reduce(0, +))
      return [["files", "\(files.count), \(total)"]]
        + files.map { file in
          let size =
            switch file.state {
            case .present(let count): byteText(count)
            case .missing: "not downloaded"
            case .leavesCache: "leads out of the cache"
            }
          return ["", "\(file.name)  \(size)"]
        }
    }

    private static func architecture(_ model: ModelFolder) -> [[String]] {
      do {
        guard let json = try model.json("config.json") else {
          return [["architecture", "unknown: there is no config.json"]]
        }
        let type = excerpt(json["model_type"]?.string ?? "of no type")
        let classes = (json["architectures"]?.array ?? []).compactMap(\.string).map { excerpt($0) }
        let title = classes.isEmpty ? type : "\(type), \(classes.joined(separator: ", "))"
        do {
          let plan = try ModelPlan(json: json)
          return [
            ["architecture", title], ["", Architectures.named(plan.modelType)?.summary ?? ""],
            [
              "",
              "\(plan.layerCount) layers of \(plan.hiddenSize), \(plan.headCount) heads,"
                + " \(plan.keyHeadCount) for keys, of \(plan.headDimension), \(plan.maximumPositions) positions",
            ],
            ["", "\(plan.parameterCount) parameters, vocabulary of \(plan.vocabularySize)"],
            [
              "",
              "linear layers for an adapter: \(plan.adapterModules.map(\.rawValue).joined(separator: ", "))",
            ],
          ]
        } catch {
          return [["architecture", title], ["", "not one that trains here: \(error)"]]
        }
      } catch { return [["architecture", "unknown: \(error)"]] }
    }

    private static func tokenizer(_ model: ModelFolder) throws -> [[String]] {
      var rows: [[String]] = []
      if let summary = try TokenizerSummary(folder: model) {
        rows.append([
          "tokenizer",
          "\(summary.model.isEmpty ? "of no type" : excerpt(summary.model)), \(summary.vocabularySize) tokens,"
            + " \(summary.mergeCount) merges, \(summary.addedTokenCount) added tokens,"
            + " \(summary.specialTokenCount) of them special",
        ])
        for (stage, types) in [
          ("normalizer", summary.normalizers), ("pre-tokenizer", summary.preTokenizers),
          ("post-processor", summary.postProcessors), ("decoder", summary.decoders),
        ] where !types.isEmpty {
          rows.append(["", "\(stage): \(types.joined(separator: ", "))"])
        }
      } else {
        rows.append(["tokenizer", "there is no tokenizer.json"])
        return rows
      }
      let loaded: ModelTokenizer
      do { loaded = try ModelTokenizer(folder: model, clock: localClock()) } catch {
        return rows + [["", "cannot be used here: \(error)"]]
      }
      let special = loaded.specialTokens.map { token in
        let id = loaded.tokenizer.id(of: token.text).map { "\($0)" } ?? "not in the vocabulary"
        return "\(token.name) \(excerpt(token.text)) (\(id))"
      }
      rows.append(["special tokens", special.isEmpty ? "none" : special.joined(separator: ", ")])
      return rows + template(loaded)
    }

    private static func template(_ model: ModelTokenizer) -> [[String]] {
      guard let features = try? TemplateFeatures(of: model) else { return [["chat template", "none"]] }
      func list(_ items: [(String, Bool)]) -> String {
        items.map { "\($0.1 ? "" : "no ")\($0.0)" }.joined(separator: ", ")
      }
      return [
        ["chat template", model.templateNames.joined(separator: ", ")],
        ["", "roles: \(features.roles.isEmpty ? "none" : features.roles.joined(separator: ", "))"],
        [
          "",
          list([
            ("tools", features.showsTools), ("tool calls", features.showsToolCalls),
            ("reasoning", features.showsReasoning), ("generation prompt", features.hasGenerationPrompt),
            ("generation blocks", features.hasGenerationBlocks),
          ]),
        ],
      ]
    }
  }
}
