/// Every container that is read, in the order in which an input is tried; the last takes what no other does.
let recordContainers: [any RecordContainer.Type] = [
  XMLRows.self, JSONArray.self, JSONValues.self, TableRows.self, JSONLines.self,
]

/// What help says about the containers, by name.
package var containerSummaries: [(name: String, summary: String)] {
  recordContainers.map { ($0.name, $0.summary) }
}
