/// Every format that is read, in the order in which evidence of equal weight is shown.
package let recordFormats: [any RecordFormat.Type] = [
  Examples.self, TRL.self, TRLPairs.self, OpenAI.self, ShareGPT.self, Alpaca.self, MSSwift.self,
  OpenAIPreference.self, HALOs.self, HHRLHF.self, UltraFeedback.self, HelpSteer.self, Arena.self,
  OpenAssistantTrees.self, OpenAssistantMessages.self, ChatGPT.self, LibreChat.self, OpenWebUI.self,
  Argilla.self, WildChat.self, StackExchange.self,
]

/// The format of that name.
package func recordFormat(named name: String) -> (any RecordFormat.Type)? {
  recordFormats.first { $0.name == name }
}

/// The names of all formats, in the order of the list.
package var recordFormatNames: [String] { recordFormats.map { $0.name } }
