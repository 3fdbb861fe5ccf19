/// Every repair, in the order in which they are made. Those with a `mask` are made where they are asked for.
package let repairs: [any Repair.Type] = [
  ByteOrderMarkRepair.self, LineEndRepair.self, DuplicateRepair.self, LabelWordRepair.self,
  OuterBlankRepair.self, MailMask.self, PhoneMask.self, CardMask.self, KeyMask.self, AddressMask.self,
]
