"""The parts of `archive.ingest.store`: what is known, what is decided for each page, and the writing of it."""
