"""WARC/1.1: the captures' records byte for byte, each with a metadata record that names its article."""

import zlib
from collections.abc import Sequence
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5

from archive.captures.warc_writer import block_digest, date_text, pack_record, target_text
from archive.export.format import About, Format, Row
from archive.export.tables import Column
from news.text import one_line

_GZIP_MAGIC = b"\x1f\x8b"


class Records:
    """Appends records; an empty file gets its warcinfo first. Ids are made from what the records say."""

    def __init__(self, part: BinaryIO, about: About) -> None:
        self._part = part
        if not part.tell():
            part.write(_info(about))

    def write(self, row: Row) -> None:
        record_id = row["record"].fields.get("warc-record-id")
        if record_id:
            data: bytes = row["data"]
            self._part.write(data if data.startswith(_GZIP_MAGIC) else _packed(data))
        else:
            record_id, data = _of_arc(row)
            self._part.write(data)
        self._part.write(_metadata(row, record_id))


def _of_arc(row: Row) -> tuple[str, bytes]:
    """Return id and bytes of a WARC record with the response of one in ARC."""
    block: bytes = row["record"].block
    record_id = _id(f"response {row['url']} {row['captured_at'].isoformat()}")
    fields = [("WARC-Type", "response"), *_place(row), ("WARC-Record-ID", record_id)]
    content = ("Content-Type", "application/http; msgtype=response")
    return record_id, pack_record([*fields, content, block_digest(block)], block)


def _info(about: About) -> bytes:
    lines = {"software": "newskeep", "format": "WARC File Format 1.1", "description": one_line(about.title)}
    fields = [("WARC-Type", "warcinfo"), ("WARC-Date", date_text(about.as_of))]
    return _record(fields, lines, f"warcinfo {about.title} {about.as_of.isoformat()}")


def _metadata(row: Row, record_id: str) -> bytes:
    fields = [("WARC-Type", "metadata"), *_place(row), ("WARC-Refers-To", record_id)]
    lines = {"article": row["article"], "revision": str(row["revision"]), "title": one_line(row["headline"] or "")}
    return _record(fields, lines, f"metadata {record_id} {row['article']}")


def _place(row: Row) -> list[tuple[str, str]]:
    return [("WARC-Target-URI", target_text(row["url"])), ("WARC-Date", date_text(row["captured_at"]))]


def _id(name: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>"


def _record(fields: list[tuple[str, str]], lines: dict[str, str], name: str) -> bytes:
    block = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
    return pack_record(
        [*fields, ("WARC-Record-ID", _id(name)), ("Content-Type", "application/warc-fields"), block_digest(block)],
        block,
    )


def _packed(data: bytes) -> bytes:
    pack = zlib.compressobj(wbits=31)
    return pack.compress(data + b"\r\n\r\n") + pack.flush()  # a place in a plain file ends with the block


class Warc(Format):
    name = "warc"
    suffix = ".warc.gz"
    words = "the captured pages, in WARC/1.1"
    captures = True

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Records:
        return Records(part, about)


FORMAT = Warc()
