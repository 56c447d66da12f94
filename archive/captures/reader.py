"""Reads records back."""

from archive.captures.response import CapturedResponse
from archive.home import Home


def read_record(home: Home, file: str, offset: int, length: int) -> CapturedResponse:
    """The response whose record lies there. Raises CaptureDamaged when there is no whole record."""
    raise NotImplementedError
