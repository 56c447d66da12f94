"""`newskeep import`: take in articles or captures that other programs made, on the same way as crawled pages."""

from __future__ import annotations

import gc
import gzip
import io
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import click

from cli.exits import USAGE
from news.errors import NewsError

if TYPE_CHECKING:
    from archive.home import Home

SECTION = "Collect"

_GZIP, _WARC = b"\x1f\x8b", b"WARC/"
_PEEK = 1 << 16
_OTHERS = {
    b"PK\x03\x04": ("a ZIP archive", "unzip -p FILE.wacz 'archive/*.warc.gz' | newskeep import -"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "zstd -dc FILE | newskeep import -"),
    b"BZh": ("packed with bzip2", "bzip2 -dc FILE | newskeep import -"),
    b"\xfd7zXZ": ("packed with xz", "xz -dc FILE | newskeep import -"),
}


class CannotImport(NewsError):
    """The file is none that can be taken in; nothing was written."""

    exit_code = USAGE


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="What became of each line or record, one JSON object a line.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
def import_(file: IO[bytes], as_json: bool, dry_run: bool) -> int:
    """Take in articles from a file of JSON lines, or captures from a WARC file, in the order in which they stand there.

    \b
    newskeep import articles.jsonl                     {"id","url","title","body","published_at","source"} a line
    newskeep import --json - < crawl.warc.gz           pages that wget, Browsertrix, Heritrix or Newskeep captured

    Lines that news-please or fundus wrote are understood as well; either kind of file may be packed with gzip.
    With --json the answers come at the end, since a later article may join the stories of earlier ones.
    """
    from archive.home import open_home

    gc.freeze()  # articles make thousands of small objects and no circles: looking for some costs a fifth of the time
    gc.set_threshold(100_000)
    data, start = _opened(file)
    home = open_home()
    if start.startswith(_WARC):
        from cli.import_warc import import_warc

        return import_warc(home, data, *_name_of(file, home), as_json=as_json, dry_run=dry_run)
    from cli.import_jsonl import import_jsonl

    lines = cast(BinaryIO, gzip.GzipFile(fileobj=data)) if data.peek(2).startswith(_GZIP) else data
    return import_jsonl(home, lines, as_json=as_json, dry_run=dry_run)


def _opened(file: IO[bytes]) -> tuple[io.BufferedReader, bytes]:
    """The file, and how what is in it begins. Raises CannotImport."""
    data = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, file), _PEEK)
    start = data.peek(_PEEK)
    for magic, (kind, hint) in _OTHERS.items():
        if start.startswith(magic):
            raise CannotImport(f"{file.name} is {kind}", hint)
    return data, _unpacked(start) if start.startswith(_GZIP) else start


def _unpacked(start: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj(31).decompress(start, len(_WARC))
    except zlib.error:
        return b""


def _name_of(file: IO[bytes], home: Home) -> tuple[str, bool]:
    """What the file is called, and whether it is one of our own captures."""
    from pathlib import Path

    path = Path(file.name)
    return path.name, path.is_file() and path.resolve().parent == home.captures.resolve()
