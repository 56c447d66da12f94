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
        data: bytes = row["data"]
        self._part.write(data if data.startswith(_GZIP_MAGIC) else _packed(data))
        self._part.write(_metadata(row))


def _info(about: About) -> bytes:
    lines = {"software": "newskeep", "format": "WARC File Format 1.1", "description": one_line(about.title)}
    fields = [("WARC-Type", "warcinfo"), ("WARC-Date", date_text(about.as_of))]
    return _record(fields, lines, f"warcinfo {about.title} {about.as_of.isoformat()}")


def _metadata(row: Row) -> bytes:
    about = f"urn:uuid:{row['record'].id}"
    fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Target-URI", target_text(row["url"])),
        ("WARC-Date", date_text(row["captured_at"])),
        ("WARC-Refers-To", f"<{about}>"),
    ]
    lines = {"article": row["article"], "revision": str(row["revision"]), "title": one_line(row["headline"] or "")}
    return _record(fields, lines, f"metadata {about} {row['article']}")


def _record(fields: list[tuple[str, str]], lines: dict[str, str], name: str) -> bytes:
    block = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
    record_id = ("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>")
    return pack_record([*fields, record_id, ("Content-Type", "application/warc-fields"), block_digest(block)], block)


def _packed(data: bytes) -> bytes:
    pack = zlib.compressobj(wbits=31)
    return pack.compress(data) + pack.flush()


class Warc(Format):
    name = "warc"
    suffix = ".warc.gz"
    words = "the captured pages, in WARC/1.1"
    captures = True

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Records:
        return Records(part, about)


FORMAT = Warc()
