"""Imports WARC records that other programs made, by the same stages as a crawl.

Each capture is copied into our own files, unless it is already there. Only what could hold an article is imported;
everything else ends with its reason.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import BinaryIO

from sqlalchemy import Engine
from w3lib.encoding import http_content_type_encoding

from archive.captures import CapturedResponse, CaptureFiles, Original, StoredRecord, read_record
from archive.captures.index import ArchivedCapture, CaptureKey, find_captures, find_original
from archive.captures.response import Headers
from archive.captures.warc_reader import READABLE, WarcRecord, is_cut, read_records, response_in, warc_time
from archive.home import Home
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.importer import Entry, Importer, importing
from archive.ingest.store import store_pages
from archive.lookup import article_at
from crawler.batch_writer import Rereader
from crawler.outlets.file import OutletsFile
from crawler.reading import end_of
from crawler.sandbox import Sandbox
from crawler.targets import owner
from news.article import Article
from news.dispositions import Disposition, is_binary, is_gone, without_page
from news.errors import BodyTooLarge, CaptureDamaged
from news.outlets import Outlet
from news.reasons import Reason
from news.text import storable
from news.urls import canonicalise, fetchable, host_of, url_key

logger = logging.getLogger(__name__)

_BATCH = 50  # pages in a transaction
_BATCH_BYTES = 32_000_000
_HEAD_BYTES = 100_000  # of a record, beside its body
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p)[\s>]", re.IGNORECASE)
_BEGINNING = 2000  # bytes
_LOOKS_BACK = re.compile(rb"HTTP/\S{1,9} {1,9}(?:404|410|451)")
_AHEAD = timedelta(minutes=10)  # by which another machine's clock may be before ours


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one record."""

    id: str  # as its file calls it
    url: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An answer that could hold an article. `original` is the capture that has its body, `lies_at` where it is ours."""

    record: WarcRecord
    response: CapturedResponse
    key: int
    digest: bytes
    outlet: Outlet
    original: Original | None = None
    article: Article | None = None
    ended: tuple[Disposition, str | None] | None = None

    @property
    def seen(self) -> CaptureKey:
        return self.key, self.response.captured_at, self.digest


_Item = Taken | _Candidate


class CaptureImporter:
    """Takes the records of WARC files in, batch after batch."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        files: CaptureFiles,
        read: Sandbox,
        outlets: OutletsFile,
        archived: Mapping[str, Outlet],
    ) -> None:
        self._home, self._engine, self._files, self._read_page = home, engine, files, read
        self._importer = Importer(engine)
        self._outlets, self._archived = outlets, archived
        self._owners: dict[str, Outlet] = {}
        self._payloads: dict[str, tuple[int, datetime]] = {}  # where the body is that a digest stands for
        self._most = int(home.settings["FETCH_MAX_BYTES"])

    def take(self, file: BinaryIO, name: str, *, ours: bool = False) -> Iterator[Taken]:
        """Import the records; yield what became of each, in order. Raises ArchiveUnavailable, ArchiveError.

        *name* is what our copies are said to come from; of a file that is *ours* no copy is made.
        """
        waiting: list[_Item] = []
        for record in read_records(file, self._most + _HEAD_BYTES):
            if record.kind not in READABLE and record.kind != "damaged":
                continue
            if record.kind == "revisit" or _LOOKS_BACK.match(record.block or b""):  # what it speaks of may wait here
                yield from self._store(waiting, name, ours)
                waiting = []
            waiting.append(self._look_at(record))
            if _is_full(waiting):
                yield from self._store(waiting, name, ours)
                waiting = []
        yield from self._store(waiting, name, ours)

    # Looking -----------------------------------------------------------------------------------------------------

    def _look_at(self, record: WarcRecord) -> _Item:
        if record.kind == "damaged":
            return _ended(record, Disposition.FAILED, Reason.DAMAGED)
        if record.block is None:
            return _ended(record, Disposition.SKIPPED, Reason.TOO_LARGE)
        try:
            response = response_in(record)
            if response is None:
                return _ended(record, Disposition.SKIPPED, Reason.NO_HTTP)
            if response.captured_at > datetime.now(UTC) + _AHEAD:
                return _ended(record, Disposition.SKIPPED, Reason.FROM_THE_FUTURE)
            key = url_key(canonicalise(response.url))
            response = replace(response, url=fetchable(response.url), headers=_storable(response.headers))
        except ValueError:
            return _ended(record, Disposition.SKIPPED, Reason.NO_HTTP)
        return self._revisit(record, response, key) if record.kind == "revisit" else self._answer(record, response, key)

    def _answer(self, record: WarcRecord, response: CapturedResponse, key: int) -> _Item:
        kind, empty = response.header("content-type") or "", not response.body
        ended = without_page(response.status, kind, empty, is_gone(response.status) and self._has_article(key))
        if ended and not (ended[1] or "").startswith("gone_"):
            return _ended(record, Disposition.SKIPPED, ended[1])
        if response.status == 200 and not self._is_page(response, kind):
            return _ended(record, Disposition.SKIPPED, Reason.NOT_HTML)
        if digest := record.fields.get("warc-payload-digest"):
            self._payloads[digest] = key, response.captured_at
        return _Candidate(record, response, key, sha256(response.body).digest(), self._owner(response.url))

    def _is_page(self, response: CapturedResponse, kind: str) -> bool:
        """Whether it is HTML: captures also hold robots.txt files and sitemaps."""
        try:
            body = _body(response, self._most)
        except CaptureDamaged:
            return True  # reading it will say what is wrong
        return bool("html" in kind.lower() or _HTML.search(body, 0, _BEGINNING)) and not is_binary(body)

    def _has_article(self, key: int) -> bool:
        with self._engine.connect() as conn:
            return article_at(conn, key) is not None

    def _revisit(self, record: WarcRecord, response: CapturedResponse, key: int) -> _Item:
        """Read a revisit record: an unchanged page, with the body of the capture to which it refers."""
        kind = response.header("content-type") or "html"
        if ended := without_page(200, kind, False, False):
            return _ended(record, Disposition.SKIPPED, ended[1])
        where = _refers_to(record, key) or self._payloads.get(record.fields.get("warc-payload-digest", ""))
        with self._engine.connect() as conn:
            earlier = find_original(conn, where[0], at=where[1]) if where else None
        if earlier is None:
            return _ended(record, Disposition.SKIPPED, Reason.REVISIT_WITHOUT_ORIGINAL)
        try:
            first = read_record(self._home, *earlier.place)
        except CaptureDamaged:
            return _ended(record, Disposition.SKIPPED, Reason.REVISIT_WITHOUT_ORIGINAL)
        headers = response.headers if response.header("content-type") else first.headers
        whole = replace(response, body=first.body, status=response.status or 200, headers=headers)
        return _Candidate(record, whole, key, sha256(whole.body).digest(), self._owner(whole.url), earlier.original)

    def _owner(self, url: str) -> Outlet:
        host = host_of(url)
        if host not in self._owners:
            self._owners[host] = owner(url, self._outlets, self._archived)
        return self._owners[host]

    # Storing -----------------------------------------------------------------------------------------------------

    def _store(self, items: Sequence[_Item], name: str, ours: bool) -> list[Taken]:
        pages = [item for item in items if isinstance(item, _Candidate)]
        known = self._known(pages)
        fresh = {item.seen: item for item in pages if item.seen not in known}  # a record may be there twice
        in_time = sorted(fresh.values(), key=lambda item: item.response.captured_at)
        read = [self._read(item) for item in in_time]
        with importing(self._engine):
            known |= self._known(read)  # again: another import may have stored the same file
            ends = self._archive([item for item in read if item.seen not in known], name, ours)
        taken, first = [], set[CaptureKey]()
        for item in items:
            if isinstance(item, Taken):
                taken.append(item)
                continue
            again = known.get(item.seen) or (_as_known(ends[item.seen]) if item.seen in first else None)
            first.add(item.seen)
            taken.append(_taken(item, _shown(item, again) if again else ends[item.seen]))
        return taken

    def _known(self, pages: Sequence[_Candidate]) -> dict[CaptureKey, ArchivedCapture]:
        if not pages:
            return {}
        with self._engine.connect() as conn:
            return find_captures(conn, {candidate.seen for candidate in pages})

    def _read(self, candidate: _Candidate) -> _Candidate:
        """Return the candidate with its article, or with its end."""
        response = candidate.response
        if is_gone(response.status):
            return replace(candidate, ended=(Disposition.SKIPPED, f"gone_{response.status}"))
        try:
            return replace(candidate, article=self._article(candidate))
        except Exception as error:
            if end := end_of(error):
                return replace(candidate, ended=end)
            logger.exception("page_unreadable", extra={"url": response.url})
            return replace(candidate, ended=(Disposition.FAILED, Reason.UNREADABLE))

    def _article(self, candidate: _Candidate) -> Article:
        response = candidate.response
        encoding = http_content_type_encoding(response.header("content-type"))
        body = _body(response, self._most)
        page = FetchedPage.unlinked(response.url, body, response.captured_at, encoding, response.announced_at)
        broke_off = candidate.original is None and is_cut(candidate.record, response)
        return self._read_page(replace(page, broke_off=broke_off), candidate.outlet)

    def _archive(self, pages: Sequence[_Candidate], name: str, ours: bool) -> dict[CaptureKey, Outcome]:
        if not pages:
            return {}
        links = self._importer.enter([_entry(candidate) for candidate in pages])
        batch = [self._page(candidate, link_id, name, ours) for candidate, link_id in zip(pages, links, strict=True)]
        outcomes = store_pages(self._engine, batch, self._files)
        return {candidate.seen: outcome for candidate, outcome in zip(pages, outcomes, strict=True)}

    def _page(self, candidate: _Candidate, link_id: int, name: str, ours: bool) -> FetchedPage:
        disposition, reason = candidate.ended or (None, None)
        reread = Rereader(self._home, candidate.outlet)
        at, record = candidate.response.captured_at, self._keep(candidate, name, ours)
        return FetchedPage(link_id, None, at, record, candidate.article, disposition, reason, reread=reread)

    def _keep(self, candidate: _Candidate, name: str, ours: bool) -> StoredRecord | None:
        """Where the capture lies among our files, copied there unless it is one of them."""
        record, response = candidate.record, candidate.response
        if ours and record.length is not None:
            of = candidate.original.capture_id if candidate.original else None
            kind = response.header("content-type")
            return StoredRecord(
                name, record.offset, record.length, candidate.digest, len(response.body), response.url,
                response.status, kind, response.captured_at, of,
            )  # fmt: skip
        return self._files.write(response, original=candidate.original, imported_from=f"{name} {record.id}")


def _storable(headers: Headers) -> Headers:
    """Return the headers without characters that the database cannot store."""
    return tuple((storable(name), storable(value)) for name, value in headers)


def _is_full(waiting: Iterable[_Item]) -> bool:
    pages = [item for item in waiting if isinstance(item, _Candidate)]
    return len(pages) >= _BATCH or sum(len(item.response.body) for item in pages) >= _BATCH_BYTES


def _refers_to(record: WarcRecord, key: int) -> tuple[int, datetime] | None:
    """Key and time of the capture that a revisit names."""
    at, url = warc_time(record.fields.get("warc-refers-to-date")), record.fields.get("warc-refers-to-target-uri")
    try:
        return (url_key(canonicalise(url.strip("<> "))) if url else key, at) if at else None
    except ValueError:
        return None


def _body(response: CapturedResponse, max_bytes: int) -> bytes:
    """Return the decoded body, or the body itself if a tool unpacked it and left the header. Raises CaptureDamaged."""
    try:
        return response.decoded_body(max_bytes)
    except BodyTooLarge:
        raise
    except CaptureDamaged:
        if response.body[:1000].lstrip()[:1] == b"<":
            return response.body
        raise


def _entry(candidate: _Candidate) -> Entry:
    headline = candidate.article.headline if candidate.article else None
    return Entry(candidate.response.url, candidate.outlet.name, candidate.outlet.url, headline)


def _ended(record: WarcRecord, disposition: Disposition, reason: str | None) -> Taken:
    return Taken(record.id, record.url, Outcome(0, record.url or "", disposition, reason))


def _taken(candidate: _Candidate, outcome: Outcome) -> Taken:
    return Taken(candidate.record.id, candidate.response.url, outcome)


def _as_known(outcome: Outcome) -> ArchivedCapture:
    reason = None if outcome.article_id else outcome.reason
    return ArchivedCapture(outcome.link_id, outcome.article_id, outcome.story_id, reason)


def _shown(candidate: _Candidate, known: ArchivedCapture) -> Outcome:
    """How a capture ends that the archive has already."""
    ended, reason = Disposition.UNCHANGED, None
    if is_gone(candidate.response.status):
        ended, reason = Disposition.SKIPPED, f"gone_{candidate.response.status}"
    elif known.article_id is None:
        ended, reason = Disposition.SKIPPED, known.reason or Reason.KNOWN
    return Outcome(known.link_id, candidate.response.url, ended, reason, known.article_id, known.story_id)
