package import KTOKernels

/// Where each tensor of an adapter lies in one run of floats.
package struct ParameterLayout: Sendable, Equatable {
  package struct Tensor: Sendable, Equatable {
    /// PEFT's name, for instance `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`.
    package let name: String
    package let rows: Int
    package let columns: Int
    /// Floats before it.
    package let offset: Int

    /// Whether it is the factor B, [out, rank].
    package var isB: Bool { name.hasSuffix("lora_B.weight") }

    package var range: Range<Int> { offset..<offset + rows * columns }
  }

  package private(set) var tensors: [Tensor] = []
  /// Floats in all.
  package private(set) var count = 0

  mutating func append(_ name: String, rows: Int, columns: Int) {
    tensors.append(Tensor(name: name, rows: rows, columns: columns, offset: count))
    count += rows * columns
  }
}

/// Named tensors in one contiguous run of floats: an adapter's parameters, their gradients, their moments.
///
/// Like ``Matrix`` it has reference semantics: a copy of the value shares the floats.
package struct ParameterSet {
  package let layout: ParameterLayout
  /// [1, layout.count]
  package let values: Matrix

  /// All zero.
  package init(_ layout: ParameterLayout) {
    self.layout = layout
    values = Matrix(rows: 1, columns: layout.count)
  }

  /// The window on one tensor.
  package func matrix(_ tensor: ParameterLayout.Tensor) -> Matrix {
    Matrix(values.storage, offset: tensor.offset, rows: tensor.rows, columns: tensor.columns)
  }

  package subscript(name: String) -> Matrix? {
    layout.tensors.first { $0.name == name }.map(matrix)
  }

  package func setZero() { values.fill(0) }

  /// A set of its own with the same floats.
  package func copy() -> ParameterSet {
    let copy = ParameterSet(layout)
    copy.values.copy(from: values)
    return copy
  }

  /// The first tensor that holds a NaN or an infinity, by name.
  package var firstNonFinite: String? {
    values.isFinite ? nil : layout.tensors.first { !matrix($0).isFinite }?.name
  }
}

extension ParameterSet {
  /// The values of a tensor, row by row; nil if there is none of that name.
  package func array(_ name: String) -> [Float]? { self[name]?.array }

  /// Puts values into a tensor; false if there is none of that name and count.
  package func set(_ name: String, to values: [Float]) -> Bool {
    guard let matrix = self[name], matrix.count == values.count else { return false }
    matrix.copy(from: values)
    return true
  }
}
