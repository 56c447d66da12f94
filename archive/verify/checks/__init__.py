"""The checks of `newskeep verify`, one in each module; a new module with a `Check` is a new check."""
