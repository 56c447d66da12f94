"""How the schema got here, step by step. `archive.schema` runs them."""
