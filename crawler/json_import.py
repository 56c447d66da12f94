"""Reads files of articles that other programs wrote as JSON: an object a line, objects over many lines, or an array."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from gzip import GzipFile
from typing import BinaryIO, cast

from archive.ingest.fetched import FetchedPage
from archive.packed_files import GZIP, Part
from crawler.reading import PARSED, read_article
from news.errors import CaptureDamaged
from news.json_articles import Imported, read_line

_MOST_BYTES = 10_000_000  # of an object
_STEP = 1 << 20
_BROKEN = (EOFError, zlib.error, OSError, CaptureDamaged)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}]', re.DOTALL)  # texts, since they may have brackets
_OVER_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[|\{[ \t\r]*\n)")


@dataclass(frozen=True, slots=True)
class NoArticle:
    """A line or an object over several lines (the `unit`) that holds no article, with its number in the file."""

    unit: str
    number: int
    problem: str


def read_articles(part: Part) -> Iterator[Imported | NoArticle]:
    """Yield the articles without their teasers, and a problem for each object or line that holds none."""
    packed = part.file.peek(2).startswith(GZIP)
    file = cast(BinaryIO, GzipFile(fileobj=part.file)) if packed else part.file
    over_lines = _OVER_LINES.match(part.beginning)
    unit, objects = ("object", _objects(file)) if over_lines else ("line", _lines(file))
    for number, data in enumerate(objects, 1):
        try:
            yield _article(data)
        except ValueError as error:
            yield NoArticle(unit, number, str(error))


def _article(data: bytes | Exception) -> Imported:
    if isinstance(data, Exception):
        raise ValueError(f"the file is damaged from here on: {data}")
    if len(data) > _MOST_BYTES:
        raise ValueError(f"an article of more than {_MOST_BYTES} bytes")
    read = read_line(data)
    page = replace(FetchedPage.unlinked(read.article.url), article=read.article)
    return replace(read, article=read_article(page, stages=PARSED))


def _lines(file: BinaryIO) -> Iterable[bytes | Exception]:
    """Yield each line that is not empty, cut where it is longer than any article; at last an error in unpacking."""
    try:
        while line := file.readline(_MOST_BYTES + 1):
            whole = line
            while whole and not whole.endswith(b"\n") and len(line) > _MOST_BYTES:
                whole = file.readline(_MOST_BYTES)
            if line.strip():
                yield line
    except _BROKEN as error:
        yield error


def _objects(file: BinaryIO) -> Iterator[bytes | Exception]:
    """Yield each outermost object, cut where it is longer than any article; at last an error."""
    data, depth, start, place = b"", 0, 0, 0
    try:
        while piece := file.read(_STEP):
            data += piece
            for token in _TOKEN.finditer(data, place):
                if token[0][:1] == b'"' and token.end() == len(data):
                    break  # a text that may go on
                place = token.end()
                depth += {b"{": 1, b"}": -1}.get(token[0], 0)
                if token[0] == b"{" and depth == 1:
                    start = token.start()
                elif token[0] == b"}" and depth == 0:
                    yield data[start:place]
                    start = place
                depth = max(depth, 0)
            if len(data) - start > _MOST_BYTES:
                raise EOFError(f"an article of more than {_MOST_BYTES} bytes")
            data, place, start = data[start:], max(0, place - start), 0
        if depth:
            raise EOFError("it ends in the middle of an object")
    except _BROKEN as error:
        yield error
