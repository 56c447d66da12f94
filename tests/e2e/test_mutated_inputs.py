"""A hundred thousand broken inputs: each is read or refused with an error of ours, within five seconds of CPU."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from traceback import format_exc
from zoneinfo import ZoneInfo

import pytest

from archive.article_fields import reading_fields, revision_fields
from archive.ingest.existing import ExistingLink, prepare
from archive.ingest.fetched import FetchedPage
from crawler.channels.kind import Document, channel_kinds, read_channel
from crawler.channels.kinds.robots import read_robots
from crawler.channels.plain_values import absolute, announced_time
from crawler.outlets.edit import with_contact, with_key
from crawler.outlets.file import parse_outlets
from crawler.outlets.options import from_row, to_row
from crawler.reading import STAGES
from crawler.targets import resolve
from news.dates import date_begins, in_outlet_zone, likely_zone, parse_announced, parse_date
from news.errors import NewsError
from news.outlets import Listing, Outlet
from news.text import as_json_line
from news.urls import MAX_LENGTH, believed_canonical, canonicalise, fetchable, page_key, same_site, url_key
from tests.e2e.mutations import mutated

HOME = "https://talbote.example/"
NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")
LISTINGS = (Listing(HOME + "channel", "a"),)
OUTLET = Outlet("talbote", HOME, language="de-AT", timezone="Europe/Vienna", listings=LISTINGS)
CPU_SECONDS = 5.0
PART = 500  # inputs of one kind that a process reads in one go


def read_as_channel(kind: str, data: bytes) -> None:
    """Read a channel as a crawl does, and enter its links into a frontier."""
    document = Document(data, HOME + "channel", "text/xml; charset=utf-8")
    _, announced = read_channel(document, OUTLET, channel_kinds()[kind])
    for link in announced.links:
        assert page_key(link.url) or is_long(link.url)
        as_json_line({"url": link.url, "title": link.title, "at": str(link.announced_at)}).encode()
    for channel in announced.channels:
        assert page_key(channel.url) or is_long(channel.url)


def is_long(url: str) -> bool:
    """Whether a URL has so many characters to escape that its canonical form is too long."""
    return 3 * len(url.encode()) > MAX_LENGTH


def read_as_page(data: bytes) -> None:
    """Read a page through all stages, and prepare all that is stored of it."""
    page, link = FetchedPage.unlinked(HOME + "politik/stausee-treffen-1234567/", data, NOW), None
    for stage in STAGES:
        page = stage(page, OUTLET)
    link = ExistingLink(1, 1, page.url, page.url, 1, None, None, None, None, None)
    prepared = prepare(page, link)
    assert prepared
    fields = revision_fields(prepared.article) | reading_fields(prepared.article)
    blocks = [(block.text, block.rule) for block in prepared.article.blocks]
    assert "\0" not in as_json_line({"fields": str(fields), "blocks": blocks}).encode().decode()


def read_as_robots(data: bytes) -> None:
    rules = read_robots(200, data, HOME + "robots.txt")
    for url in (HOME, HOME + "suche?q=1", HOME + "%C3%BCber-uns/a/druck", HOME + "a.pdf"):
        rules.allows(url)
    assert rules.delay is None or 0 <= rules.delay <= 300


def read_as_date(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for found in (
        parse_date(text, now=NOW, zone=VIENNA),
        parse_date(text, now=NOW, zone=UTC, month_first=True),
        parse_announced(text, zone=VIENNA),
    ):
        assert found is None or found.tzinfo
        if found:
            in_outlet_zone(found, VIENNA, [text]).isoformat()
            found.astimezone(UTC)
    announced_time(text)
    date_begins(text)


def read_as_url(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    fetchable(text)
    believed_canonical(HOME + "a/1", text)
    page_key(text)
    link = absolute(HOME, text)
    if link and not is_long(link):
        canonical = canonicalise(link)
        assert canonicalise(canonical) == canonical, (link, canonical)
        assert url_key(canonical) == page_key(link)
        same_site(link, HOME)
        likely_zone(link, "de-AT")
    resolve(text, parse_outlets('[[outlet]]\nurl = "https://talbote.example/"'), {})


def read_as_outlets(data: bytes) -> None:
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    file = parse_outlets(text)
    for number, outlet in enumerate(file.outlets):
        assert from_row(outlet.name, outlet.url, to_row(outlet)) == outlet
        assert parse_outlets(with_key(text, number, "enabled", False)).outlets[number].enabled is False
    assert parse_outlets(with_contact(text, "new@example.org")).contact == "new@example.org"


# {kind: (what reads it, how many)}, a hundred thousand in all
READERS: dict[str, tuple[Callable[[bytes], None], int]] = {
    "feeds": (partial(read_as_channel, "feed"), 17_000),
    "sitemaps": (partial(read_as_channel, "sitemap"), 12_000),
    "listings": (partial(read_as_channel, "listing"), 6_000),
    "pages": (read_as_page, 14_000),
    "claims": (read_as_page, 7_000),
    "robots": (read_as_robots, 10_000),
    "dates": (read_as_date, 17_000),
    "urls": (read_as_url, 13_000),
    "outlets": (read_as_outlets, 4_000),
}


class TookTooLong(BaseException):
    """An input has used up its CPU time."""


def read(kind: str, number: int, run: int) -> str | None:
    """Read one input; return what went wrong."""
    data = mutated(kind, number, run)
    began = time.process_time()
    try:
        with limited():
            READERS[kind][0](data)
    except NewsError as error:
        str(error).encode()
    except (Exception, TookTooLong):
        return f"{kind} {number} of MUTATIONS_RUN={run}: {format_exc(limit=-6)}\n{data[:300]!r}"
    seconds = time.process_time() - began
    return f"{kind} {number} of MUTATIONS_RUN={run} took {seconds:.1f} s" if seconds > CPU_SECONDS else None


@contextmanager
def limited() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def read_part(kind: str, start: int, run: int) -> list[str]:
    signal.signal(signal.SIGPROF, _take_too_long)
    numbers = range(start, min(start + PART, READERS[kind][1]))
    return [problem for number in numbers if (problem := read(kind, number, run))]


def _take_too_long(*_: object) -> None:
    raise TookTooLong


@pytest.mark.slow
def test_a_hundred_thousand_broken_inputs_are_read_or_refused() -> None:
    run = int(os.environ.get("MUTATIONS_RUN") or 435385)  # other numbers make other inputs
    print(f"MUTATIONS_RUN={run}")
    parts = [(kind, start) for kind, (_, many) in READERS.items() for start in range(0, many, PART)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("forkserver")) as pool:
        problems = [
            problem for found in pool.map(read_part, *zip(*parts, strict=True), repeat(run)) for problem in found
        ]

    assert sum(many for _, many in READERS.values()) == 100_000
    assert problems == [], f"{len(problems)} problems; the first:\n" + "\n".join(problems[:5])
