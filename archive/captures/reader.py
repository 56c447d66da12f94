"""Reads records back, with warcio: what another tool would read is what we read."""

import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from archive.captures.object_store import place_in, read_range
from archive.captures.response import CapturedResponse
from archive.home import Home
from news.errors import CaptureDamaged


def read_record(home: Home, file: str, offset: int, length: int) -> CapturedResponse:
    """The response whose record lies there; a revisit comes without body. Digests are checked.

    *file* is a name below NEWSKEEP_HOME/captures or the URL of a file in an object store. Raises CaptureDamaged when
    there is no whole record, StoreUnavailable when the store does not answer.
    """
    from warcio.exceptions import ArchiveLoadFailed  # not at the top: most crawls read no record, and it takes 70 ms

    where = f"{file} at byte {offset}"
    data = _read_bytes(home, file, offset, length, where)
    try:
        return _parse(data, where)
    except (ArchiveLoadFailed, ValueError, EOFError, OSError, zlib.error, AttributeError) as error:
        raise CaptureDamaged(f"{where} is no whole record: {error}") from error


def _read_bytes(home: Home, file: str, offset: int, length: int, where: str) -> bytes:
    """From the copy here as long as there is one, else from the store: a file may be handed over at this moment."""
    name, store = file.rpartition("/")[2], home.settings["CAPTURE_STORE"]
    place = file if "://" in file else place_in(store, name) if store else None
    try:
        data = _read_here(home.captures / name, offset, length)
    except OSError as error:
        if not place:
            raise CaptureDamaged(f"{where} cannot be read: {error.strerror}", "newskeep doctor") from error
        data = read_range(place, offset, length)
    if len(data) < length:
        raise CaptureDamaged(f"{where} has {len(data)} of {length} bytes")
    return data


def _read_here(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _parse(data: bytes, where: str) -> CapturedResponse:
    from warcio.archiveiterator import ArchiveIterator

    record = next(iter(ArchiveIterator(BytesIO(data), check_digests=True)), None)
    if record is None or record.rec_type not in ("response", "revisit"):
        raise CaptureDamaged(f"{where} holds no response")
    body = record.raw_stream.read()
    if record.digest_checker.passed is False:
        raise CaptureDamaged(f"{where}: {'; '.join(record.digest_checker.problems)}")
    head, fields = record.http_headers, record.rec_headers
    status, _, reason = head.statusline.partition(" ")
    return CapturedResponse(
        url=fields.get_header("WARC-Target-URI"),
        status=int(status),
        headers=tuple(head.headers),
        body=body,
        captured_at=_time(fields.get_header("WARC-Date")),
        reason=reason,
        ip=fields.get_header("WARC-IP-Address"),
    )


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
