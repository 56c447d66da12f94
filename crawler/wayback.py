"""Captures of a web archive such as the Wayback Machine: its lists (CDX), and the captures themselves."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice

from sqlalchemy import Engine, text

from archive.captures import CapturedResponse
from archive.captures.warc_values import warc_time
from archive.captures.warc_writer import response_record
from archive.home import Home
from crawler.captured_pages import Taken
from crawler.fetch import Fetched, fetch
from crawler.warc_import import CaptureImporter
from news.backfill import Period
from news.urls import canonicalise, url_key

WAYBACK = "https://web.archive.org/web/"
DELAY = 2.0  # seconds between two requests to an archive
_AT_ONCE = 20  # captures
_NAMES = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
_LETTERS = {"N": "urlkey", "b": "timestamp", "a": "original", "m": "mimetype", "s": "statuscode", "k": "digest"}
_TIME = re.compile(r"\d{14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """A line of a list: a page that the archive has as it was at that time."""

    url: str
    timestamp: str  # 14 digits
    at: datetime
    digest: str

    def address(self, replay: str) -> str:
        """Return where its bytes are, unchanged by the archive."""
        return f"{replay}{self.timestamp}id_/{self.url}"


def read_list(lines: Iterable[str]) -> Iterator[ListedCapture]:
    """Yield the pages in a list: CDX with or without a head, its JSON, or CDXJ; lines of another form are left out."""
    names: Sequence[str] = _NAMES
    for line in lines:
        fields = _fields(line.strip().lstrip("["))
        if fields[:1] == ["CDX"]:
            names = [_LETTERS.get(letter, letter) for letter in fields[1:]]
        elif "timestamp" in fields:  # the head of the JSON
            names = fields
        elif capture := _capture(_named(fields, names)):
            yield capture


def wanted(engine: Engine, captures: Iterable[ListedCapture], periods: Sequence[Period]) -> Iterator[ListedCapture]:
    """Yield the captures of the *periods* (any, without one) at addresses without an article, each text once."""
    in_time = (one for one in captures if not periods or any(one.at in period for period in periods))
    before: dict[str, str] = {}
    while batch := list(islice(in_time, 500)):
        archived = _archived(engine, batch)
        for one in batch:
            again = one.digest and before.get(one.url) == one.digest
            before = {one.url: one.digest}  # lists are sorted by address
            if not again and url_key(canonicalise(one.url)) not in archived:
                yield one


def import_listed(
    home: Home, importer: CaptureImporter, captures: Iterable[ListedCapture], replay: str, contact: str | None
) -> Iterator[Taken | Fetched]:
    """Fetch the captures and import each with its own time; yield what became of it, or the answer without a page."""
    waiting = iter(captures)
    while batch := list(islice(waiting, _AT_ONCE)):
        addresses = [one.address(replay) for one in batch]
        answers = fetch(home, addresses, contact=contact, delay=DELAY)
        for one, answer in zip(batch, answers, strict=True):
            if answer.error or answer.status != 200:
                yield answer
                continue
            headers = (("Content-Type", answer.content_type),) if answer.content_type else ()
            response = CapturedResponse(one.url, 200, headers, answer.body, one.at, "OK")
            yield from importer.take(BytesIO(response_record(response, None)[0]), answer.url)


def _fields(line: str) -> list[str]:
    if line.startswith('"'):  # a row of the JSON, whose outer bracket is gone
        try:
            row = json.loads(f"[{line.rstrip(',').rstrip(']')}]")
        except ValueError:
            return []
        return [str(value) for value in row]
    key, _, rest = line.partition(" ")
    time, _, more = rest.partition(" ")
    if more.startswith("{"):  # CDXJ
        try:
            given = json.loads(more)
        except (ValueError, RecursionError):
            return []
        values = (given.get(name) for name in ("url", "mime", "status", "digest"))
        return [key, time, *(str(value or "-") for value in values)]
    return line.split()


def _named(fields: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    return dict(zip(names, fields, strict=False))


def _capture(line: Mapping[str, str]) -> ListedCapture | None:
    """Return the page on a line; None for one without, a redirect or a picture."""
    timestamp, url = line.get("timestamp", ""), line.get("original", "")
    at = warc_time(timestamp) if _TIME.fullmatch(timestamp) else None
    kind, status = line.get("mimetype", "-"), line.get("statuscode", "-")
    if at is None or status not in ("200", "-") or not ("html" in kind or kind in ("-", "warc/revisit")):
        return None
    try:
        canonicalise(url)
    except ValueError:
        return None
    return ListedCapture(url, timestamp, at, line.get("digest", ""))


def _archived(engine: Engine, captures: Sequence[ListedCapture]) -> set[int]:
    """Return the keys of those addresses that have an article."""
    keys = {url_key(canonicalise(one.url)) for one in captures}
    with engine.connect() as conn:
        return set(conn.execute(_WITH_ARTICLE, {"keys": list(keys)}).scalars())


_WITH_ARTICLE = text("""
select url_key from links where url_key = any(cast(:keys as bigint[])) and article_id is not null
union select url_key from articles where url_key = any(cast(:keys as bigint[]))
""")
