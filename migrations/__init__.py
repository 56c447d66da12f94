"""The steps that build the schema. `archive.schema` runs them."""
