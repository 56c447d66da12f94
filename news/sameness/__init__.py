"""Pure decisions about sameness: article, revision, copy, boilerplate, event."""
