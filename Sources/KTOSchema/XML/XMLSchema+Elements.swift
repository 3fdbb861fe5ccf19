internal import CLibXML2

/// Refuses whatever a document asks to load: entities, other schemas, files as well as addresses.
private let refusesLoading: Bool = {
  unsafe xmlSetExternalEntityLoader { _, _, _ in nil }
  return true
}()

extension XMLSchema {
  /// Keeps the library from loading anything for any document, from now on.
  static func refuseLoading() { _ = refusesLoading }

  /// The names of the elements that a schema declares at its top, in their order; empty where it is not XML.
  package static func elementNames(in text: String) -> [String] {
    refuseLoading()
    let bytes = Array(text.utf8)
    let document = unsafe bytes.withUnsafeBytes { buffer in
      unsafe xmlReadMemory(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, nil,
        Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue))
    }
    guard let document = unsafe document else { return [] }
    // The document owns its nodes and is freed here.
    defer { unsafe xmlFreeDoc(document) }
    var names: [String] = []
    var child = unsafe xmlDocGetRootElement(document)?.pointee.children
    while let node = unsafe child {
      if unsafe node.pointee.type == XML_ELEMENT_NODE, unsafe string(node.pointee.name) == "element",
        let name = unsafe attribute("name", of: node)
      {
        names.append(name)
      }
      unsafe child = unsafe node.pointee.next
    }
    return names
  }

  /// The attribute's text, which belongs to the node.
  private static func attribute(_ name: String, of node: xmlNodePtr) -> String? {
    var attribute = unsafe node.pointee.properties
    while let current = unsafe attribute {
      if unsafe string(current.pointee.name) == name {
        return unsafe string(current.pointee.children?.pointee.content)
      }
      unsafe attribute = unsafe current.pointee.next
    }
    return nil
  }

  private static func string(_ pointer: UnsafePointer<xmlChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
  }
}
