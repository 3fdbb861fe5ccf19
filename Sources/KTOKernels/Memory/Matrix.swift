/// A row-major window on shared floats: `rows` × `columns`, successive rows `stride` floats apart.
///
/// It has reference semantics: copies see the same floats, and it keeps their owner alive. Bounds are
/// checked where a window is made, so every window is safe to use. Windows that overlap may alias; each
/// kernel says what may.
@safe package struct Matrix {
  package let storage: FloatStorage
  package let offset: Int
  package let rows: Int
  package let columns: Int
  package let stride: Int

  /// A window on existing floats, contiguous unless `stride` says otherwise.
  package init(_ storage: FloatStorage, offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    precondition(offset >= 0 && rows >= 0 && columns >= 0 && stride >= columns, "matrix window")
    if rows > 0 && columns > 0 {
      let (span, overflow) = (rows - 1).multipliedReportingOverflow(by: stride)
      precondition(!overflow && storage.count - offset - columns >= span, "matrix window out of bounds")
    }
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A new matrix with its own floats, all zero unless `isZeroed` is false (then unspecified).
  package init(rows: Int, columns: Int, isZeroed: Bool = true) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    precondition(!overflow, "matrix size")
    self.init(FloatStorage(count: count, isZeroed: isZeroed), rows: rows, columns: columns)
  }

  /// A new matrix that holds `values` row by row.
  package init(_ values: [Float], rows: Int, columns: Int) {
    precondition(values.count == rows * columns, "matrix values")
    self.init(rows: rows, columns: columns, isZeroed: false)
    for index in values.indices { unsafe storage.base[index] = values[index] }
  }

  /// The first float. Valid while `storage` lives; rows are `stride` apart.
  @unsafe var pointer: UnsafeMutablePointer<Float> { unsafe storage.base + offset }

  /// The first float of a row.
  @unsafe @inline(__always)
  func rowPointer(_ row: Int) -> UnsafeMutablePointer<Float> { unsafe storage.base + (offset + row * stride) }

  package var isContiguous: Bool { stride == columns || rows <= 1 }
  package var count: Int { rows * columns }

  /// The same floats, some of the rows.
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "row range")
    return Matrix(
      storage, offset: offset + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride
    )
  }

  /// The same floats, some of the columns.
  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "column range")
    return Matrix(
      storage, offset: offset + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  package subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "matrix index")
      return unsafe rowPointer(row)[column]
    }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "matrix index")
      unsafe rowPointer(row)[column] = newValue
    }
  }

  /// The floats row by row.
  package var array: [Float] {
    var values: [Float] = []
    values.reserveCapacity(count)
    for row in 0..<rows {
      unsafe values.append(contentsOf: UnsafeBufferPointer(start: rowPointer(row), count: columns))
    }
    return values
  }

  /// Sets every float of the window.
  package func fill(_ value: Float) {
    for row in 0..<rows { unsafe rowPointer(row).update(repeating: value, count: columns) }
  }

  /// Copies the floats of a window of the same shape. The two may overlap only if they are the same.
  package func copy(from source: Matrix) {
    precondition(source.rows == rows && source.columns == columns, "copy shape")
    for row in 0..<rows { unsafe rowPointer(row).update(from: source.rowPointer(row), count: columns) }
  }

  /// Copies from an array, row by row.
  package func copy(from values: [Float]) {
    precondition(values.count == count, "copy count")
    var index = 0
    for row in 0..<rows {
      let p = unsafe rowPointer(row)
      for column in 0..<columns {
        unsafe p[column] = values[index]
        index += 1
      }
    }
  }

  /// Lets a reader fill a contiguous window. The buffer is valid inside `body` only.
  package func withUnsafeMutableFloats<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    precondition(isContiguous, "window is not contiguous")
    return unsafe try body(UnsafeMutableBufferPointer(start: pointer, count: count))
  }

  /// True when every float is finite.
  package var isFinite: Bool {
    for row in 0..<rows {
      if unsafe !allFinite(rowPointer(row), columns) { return false }
    }
    return true
  }
}
