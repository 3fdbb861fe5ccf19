extension ConfigurationSection {
  /// The JSON Schema (2020-12) of the section's YAML file, from the same table that reads it.
  package static func jsonSchema(title: String, description: String) -> JSONValue {
    object(
      [
        ("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string(title)),
        ("description", .string(description)),
      ] + schemaMembers(defaults: Self()))
  }

  static func schemaMembers(defaults: Self) -> [(String, JSONValue)] {
    let properties = fields.map { field in
      (field.key, object([("description", .string(field.summary))] + field.schema(defaults)))
    }
    let named = namedFields
    let others = named.map { named in
      let field = named.field("name")
      return object([("description", .string(field.summary))] + field.schema(defaults))
    }
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.key) }
    return [
      ("type", .string("object")), ("additionalProperties", others ?? .bool(false)),
      ("properties", object(properties)),
    ] + (named.map { [("propertyNames", object([("pattern", .string($0.pattern))]))] } ?? [])
      + (required.isEmpty ? [] : [("required", .items(required))])
  }
}

private func object(_ members: [(String, JSONValue)]) -> JSONValue {
  .object(JSONObject(members.map { JSONObject.Member($0.0, JSONNode($0.1)) }))
}
