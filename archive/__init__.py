"""Keep and read back: database, models, frontier, store, captures, search."""
