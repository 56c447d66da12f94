"""WACZ 1.1.1: a ZIP file with the WARC, an index and a list of pages, for ReplayWeb.page. The part is WARC."""

import heapq
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive.captures.warc_reader import WarcRecord, read_records, response_in
from archive.captures.warc_writer import digest_text
from archive.export.format import About
from archive.export.formats.warc import Warc
from archive.export.tables import Column

_WARC = "archive/data.warc.gz"
_MOST_BODY = 1 << 30
_STEP = 1 << 20
_IN_MEMORY = 20_000  # lines of the index


class Package:
    """Writes files into the ZIP one after the other, and lists them with size and digest."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file, "w")
        self.resources: list[dict[str, object]] = []

    def add(self, path: str, pieces: Iterable[bytes], method: int = ZIP_DEFLATED) -> None:
        info = ZipInfo(path)  # from 1980, whenever it is made
        info.compress_type = method
        size, digest = 0, sha256()
        with self._zip.open(info, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)
                digest.update(piece)
                size += len(piece)
        name, hashed = path.rpartition("/")[2], f"sha256:{digest.hexdigest()}"
        self.resources.append({"name": name, "path": path, "hash": hashed, "bytes": size})

    def close(self, about: About) -> None:
        """Add the list of files, and its own digest."""
        listed = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": about.title,
            "created": _seconds(about.as_of),
            "software": "newskeep",
            "resources": self.resources,
        }
        data = json.dumps(listed, ensure_ascii=False, indent=2).encode()
        self.add("datapackage.json", [data])
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(data).hexdigest()}"}
        self.add("datapackage-digest.json", [json.dumps(digest).encode()])
        self._zip.close()


class SortedLines:
    """Sorts any number of lines in little memory."""

    def __init__(self, files: ExitStack) -> None:
        self._files = files
        self._lines: list[bytes] = []
        self._runs: list[IO[bytes]] = []

    def add(self, line: bytes) -> None:
        """Add a line, which ends in a line feed."""
        self._lines.append(line)
        if len(self._lines) >= _IN_MEMORY:
            self._spill()

    def __iter__(self) -> Iterator[bytes]:
        self._spill()
        return heapq.merge(*self._runs)

    def _spill(self) -> None:
        run = self._files.enter_context(TemporaryFile())  # noqa: SIM115
        run.writelines(sorted(self._lines))
        run.seek(0)
        self._runs.append(run)
        self._lines.clear()


def _index(part: Path, lines: SortedLines, pages: IO[bytes]) -> None:
    """Fill the index and the list of pages from the WARC."""
    with part.open("rb") as warc, part.open("rb") as again:
        for record in read_records(warc, _MOST_BODY):
            if record.kind == "metadata" and record.length:
                again.seek(record.offset)
                pages.write(_page(record, zlib.decompress(again.read(record.length), 31)))
            elif line := _index_line(record):
                lines.add(line)


def _page(record: WarcRecord, data: bytes) -> bytes:
    title = data.partition(b"\r\n\r\n")[2].partition(b"title: ")[2].partition(b"\r\n")[0].decode()
    page = {"id": record.id, "url": record.url, "ts": record.fields["warc-date"], **({"title": title} if title else {})}
    return json.dumps(page, ensure_ascii=False).encode() + b"\n"


def _index_line(record: WarcRecord) -> bytes | None:
    response = response_in(record) if record.kind in ("response", "revisit") else None
    if response is None or record.url is None:
        return None
    values = {
        "url": record.url,
        "mime": (response.header("content-type") or "unk").partition(";")[0].strip(),
        "status": str(response.status),
        "digest": record.fields.get("warc-payload-digest") or digest_text(response.body),
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": _WARC.rpartition("/")[2],
    }
    return f"{url_key(record.url)} {response.captured_at:%Y%m%d%H%M%S} {json.dumps(values)}\n".encode()


def url_key(url: str) -> str:
    """Return the address as indexes of web archives sort it: com,example)/path?query."""
    parts = urlsplit(url)
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    path = parts.path if parts.path in ("", "/") else parts.path.rstrip("/")
    return f"{host}{port}){path or '/'}{query}".lower()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_STEP):
        yield piece


def _seconds(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Wacz(Warc):
    name = "wacz"
    suffix = ".wacz"
    words = "the captured pages, in WACZ for ReplayWeb.page"
    converts = True

    def convert(self, part: Path, file: BinaryIO, columns: Sequence[Column], about: About) -> None:
        package = Package(file)
        with ExitStack() as files, part.open("rb") as warc:
            lines, pages = SortedLines(files), files.enter_context(TemporaryFile())
            head = {"format": "json-pages-1.0", "id": "pages", "title": about.title}
            pages.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
            _index(part, lines, pages)
            pages.seek(0)
            package.add(_WARC, _pieces(warc), ZIP_STORED)
            package.add("indexes/index.cdx", lines)
            package.add("pages/pages.jsonl", _pieces(pages))
        package.close(about)


FORMAT = Wacz()
