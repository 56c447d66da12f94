"""What a record of a WARC file is worth: a page that may hold an article, or the reason why not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine

from archive.captures import CapturedResponse, Original, read_record
from archive.captures.index import CaptureKey, StoredOriginal, find_by_digest, find_original, originals_at
from archive.captures.response import Headers
from archive.captures.warc_reader import WarcRecord, is_cut, payload_digest, response_in
from archive.captures.warc_values import StatedDigest, read_digest, warc_time
from archive.home import Home
from archive.ingest.fetched import FetchedPage, Outcome
from archive.lookup import article_at
from crawler.outlets.file import OutletsFile
from crawler.targets import owner
from news.article import Article
from news.dispositions import Disposition, is_binary, is_gone, without_page
from news.errors import BodyTooLarge, CaptureDamaged
from news.outlets import Outlet
from news.reasons import Reason
from news.text import storable
from news.urls import canonicalise, fetchable, host_of, url_key

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p)[\s>]", re.IGNORECASE)
_BEGINNING = 2000  # bytes
_AHEAD = timedelta(minutes=10)  # by which another machine's clock may be before ours


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one record."""

    id: str  # as its file calls it
    url: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could hold an article. `original` is the capture that has its body, if the record has none."""

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
        """What tells that two records are one capture."""
        return self.key, self.response.captured_at, self.digest

    def page(self, max_bytes: int) -> FetchedPage:
        """Return the page as it is read. Raises CaptureDamaged, BodyTooLarge."""
        page = FetchedPage.captured(self.response, _body(self.response, max_bytes))
        return replace(page, broke_off=self.original is None and is_cut(self.record, self.response))


class RecordJudge:
    """Judges records, with what the archive has in mind."""

    def __init__(self, home: Home, engine: Engine, outlets: OutletsFile, archived: Mapping[str, Outlet]) -> None:
        self._home, self._engine = home, engine
        self._outlets, self._archived = outlets, archived
        self._owners: dict[str, Outlet] = {}
        self._most = int(home.settings["FETCH_MAX_BYTES"])

    def judge(self, record: WarcRecord) -> Taken | Candidate | None:
        """Return the page, or how the record ends; None for a revisit record of a capture that the archive lacks."""
        if record.kind == "damaged":
            return ended(record, Disposition.FAILED, Reason.DAMAGED)
        if record.block is None:
            return ended(record, Disposition.SKIPPED, Reason.TOO_LARGE)
        try:
            response = response_in(record)
            if response is None:
                return ended(record, Disposition.SKIPPED, _without_answer(record))
            if response.captured_at > datetime.now(UTC) + _AHEAD:
                return ended(record, Disposition.SKIPPED, Reason.FROM_THE_FUTURE)
            key = url_key(canonicalise(response.url))
            response = replace(response, url=fetchable(response.url), headers=_storable(response.headers))
        except ValueError:
            return ended(record, Disposition.SKIPPED, Reason.NO_HTTP)
        return self._revisit(record, response, key) if record.kind == "revisit" else self._answer(record, response, key)

    def _answer(self, record: WarcRecord, response: CapturedResponse, key: int) -> Taken | Candidate:
        kind, empty = response.header("content-type") or "", not response.body
        end = without_page(response.status, kind, empty, is_gone(response.status) and self._has_article(key))
        if end and not (end[1] or "").startswith("gone_"):
            return ended(record, Disposition.SKIPPED, end[1])
        if response.status == 200 and not self._is_page(response, kind):
            return ended(record, Disposition.SKIPPED, Reason.NOT_HTML)
        return Candidate(record, response, key, sha256(response.body).digest(), self._owner(response.url))

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

    def _revisit(self, record: WarcRecord, response: CapturedResponse, key: int) -> Taken | Candidate | None:
        """Return an unchanged page, with the body of the capture to which its record refers."""
        kind = response.header("content-type") or "html"
        if end := without_page(200, kind, False, False):
            return ended(record, Disposition.SKIPPED, end[1])
        found = self._original(record, response, key)
        if found is None:
            return None
        original, first = found
        headers = response.headers if response.header("content-type") else first.headers
        whole = replace(response, body=first.body, status=response.status or 200, headers=headers)
        return Candidate(record, whole, key, sha256(whole.body).digest(), self._owner(whole.url), original)

    def _original(
        self, record: WarcRecord, response: CapturedResponse, key: int
    ) -> tuple[Original, CapturedResponse] | None:
        """Find the capture that the record names: by address and time, else by its digest; and its response."""
        where, stated = _refers_to(record, key), read_digest(record.fields.get("warc-payload-digest"))
        with self._engine.connect() as conn:
            named = find_original(conn, where[0], at=where[1]) if where else None
            named = named or (find_by_digest(conn, stated.value) if stated else None)
            others = originals_at(conn, key) if named is None else []
        if named:
            return self._read(named)
        unchanged = "not-modified" in record.fields.get("warc-profile", "")
        earlier = (other for other in others if other.original.captured_at <= response.captured_at)
        return next((found for found in map(self._read, earlier) if _is_meant(found, stated, unchanged)), None)

    def _read(self, stored: StoredOriginal) -> tuple[Original, CapturedResponse] | None:
        try:
            return stored.original, read_record(self._home, *stored.place)
        except CaptureDamaged:
            return None

    def _owner(self, url: str) -> Outlet:
        host = host_of(url)
        if host not in self._owners:
            self._owners[host] = owner(url, self._outlets, self._archived)
        return self._owners[host]


def ended(record: WarcRecord, disposition: Disposition, reason: str | None) -> Taken:
    """Return how a record ends that is not stored."""
    return Taken(record.id, record.url, Outcome(0, record.url or "", disposition, reason))


def stated_digest(candidate: Candidate) -> bytes | None:
    """Return the digest by which a later revisit record may refer to the capture."""
    return None if candidate.original else payload_digest(candidate.record, candidate.response)


def _without_answer(record: WarcRecord) -> Reason:
    return Reason.NO_TIME if record.captured_at is None else Reason.NO_HTTP


def _is_meant(found: tuple[Original, CapturedResponse] | None, stated: StatedDigest | None, unchanged: bool) -> bool:
    """Whether a capture of the same address is the one meant: it has the digest, or the server said "not modified"."""
    return found is not None and (stated.is_of(found[1].body) if stated else unchanged)


def _refers_to(record: WarcRecord, key: int) -> tuple[int, datetime] | None:
    """Key and time of the capture that a revisit names."""
    at, url = warc_time(record.fields.get("warc-refers-to-date")), record.fields.get("warc-refers-to-target-uri")
    try:
        return (url_key(canonicalise(url.strip("<> "))) if url else key, at) if at else None
    except ValueError:
        return None


def _storable(headers: Headers) -> Headers:
    """Return the headers without characters that the database cannot store."""
    return tuple((storable(name), storable(value)) for name, value in headers)


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
