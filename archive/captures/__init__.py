"""Captures: every response that matters, in WARC/1.1 files below NEWSKEEP_HOME/captures.

Write with `CaptureFiles`, read with `read_record`. A record is synced before a row points at it:
`archive.ingest.store` sees to that.
"""

from archive.captures.response import CapturedResponse, Original, StoredRecord
from archive.captures.warc_reader import read_record
from archive.captures.warc_writer import CaptureFiles

__all__ = ["CaptureFiles", "CapturedResponse", "Original", "StoredRecord", "read_record"]
