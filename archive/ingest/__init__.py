"""Takes pages into the archive: what exists, what is decided for each page, and the rows that are written."""
