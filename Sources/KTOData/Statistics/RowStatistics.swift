/// Every kind of statistics, in the order in which they are shown.
package let rowStatistics: [any RowStatistic.Type] = [
  ClassStatistic.self, LengthStatistic.self, TurnStatistic.self, ScriptStatistic.self,
  RepetitionStatistic.self,
  GroupStatistic.self, SignalStatistic.self, FieldStatistic.self,
]
