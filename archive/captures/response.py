"""A response as it arrived, and where its record lies."""

from dataclasses import dataclass
from datetime import datetime

from archive.captures.decoding import decode

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CapturedResponse:
    """One fetch: headers in the order received, the body as received (content-encoding kept, transfer-encoding undone).

    Header bytes are read as Latin-1, so that every byte comes back.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    captured_at: datetime  # with its zone
    reason: str = ""
    method: str = "GET"
    request_headers: Headers = ()
    ip: str | None = None

    def header(self, name: str) -> str | None:
        """All values of a header, joined by commas; None when it was not sent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def decoded_body(self, limit: int = 64_000_000) -> bytes:
        """The body with gzip, deflate, br or zstd undone.

        Raises CaptureDamaged when that is impossible or gives more than *limit* bytes.
        """
        return decode(self.body, self.header("content-encoding") or "", limit)


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier capture with the same body, which a revisit record refers to."""

    capture_id: int
    url: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """Where a response's record lies: `file` below NEWSKEEP_HOME/captures, offset and length in bytes.

    `digest` (sha256) and `size` are of the body as received.
    """

    file: str
    offset: int
    length: int
    digest: bytes
    size: int
    url: str
    status: int
    content_type: str | None
    captured_at: datetime
    revisit_of: int | None = None
