"""Imports WARC and ARC records that other programs made, by the same stages as a crawl.

Each capture is copied into our own files, unless it may stay where it lies. Only what could hold an article is
imported; everything else ends with its reason. All cores read pages, one batch ahead of what is being stored.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple

from sqlalchemy import Engine

from archive.captures import CaptureFiles, StoredRecord
from archive.captures.index import ArchivedCapture, CaptureKey, find_captures
from archive.captures.warc_reader import READABLE, WarcRecord, block_is_whole, read_records
from archive.home import Home
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.importer import Entry, Importer, importing
from archive.ingest.store import store_pages
from crawler.batch_writer import Rereader
from crawler.captured_pages import Candidate, RecordJudge, Taken, ended, stated_digest
from crawler.outlets.file import OutletsFile
from crawler.reading import end_of
from crawler.sandbox import SandboxPool
from news.article import Article
from news.dispositions import Disposition, is_gone
from news.outlets import Outlet
from news.reasons import Reason
from news.urls import canonicalise, url_key

logger = logging.getLogger(__name__)

_BATCH = 50  # pages in a transaction
_BATCH_BYTES = 32_000_000
_HEAD_BYTES = 100_000  # of a record, beside its body
_MOST_DEFERRED = 200_000  # revisit records whose capture may follow
_GONE = re.compile(rb"HTTP/\S{1,9} {1,9}(?:404|410|451)")

Item = Taken | Candidate


class LiesAt(NamedTuple):
    """Where the captures of a file may stay: the file as `read_record` knows it, and where its records begin in it."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class _Source:
    """The file that is being imported: its name in our copies, and where its captures may stay."""

    name: str
    lies_at: LiesAt | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Records in their order, with their pages being read in the order of their times."""

    source: _Source
    items: Sequence[Item]
    reading: Sequence[tuple[Candidate, Future[Article] | None]]
    known: Mapping[CaptureKey, ArchivedCapture]


class CaptureImporter:
    """Imports the records of one file after the other; `other_records` counts those that are no captures, by kind."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        files: CaptureFiles,
        readers: SandboxPool,
        outlets: OutletsFile,
        archived: Mapping[str, Outlet],
    ) -> None:
        self.other_records: Counter[str] = Counter()
        self._home, self._engine, self._files, self._readers = home, engine, files, readers
        self._importer = Importer(engine)
        self._judge = RecordJudge(home, engine, outlets, archived)
        self._most = int(home.settings["FETCH_MAX_BYTES"])
        self._waiting: list[Item] = []
        self._ahead: _Batch | None = None
        self._pending: set[int] = set()  # keys of addresses with pages that are not stored yet
        self._deferred: list[tuple[WarcRecord, _Source]] = []

    def take(self, file: BinaryIO, name: str, lies_at: LiesAt | None = None) -> Iterator[Taken]:
        """Import the records; yield what became of each, in order. Raises ArchiveUnavailable, ArchiveError.

        *name* is what our copies are said to come from. Revisit records without their capture wait for `finish`.
        """
        source = _Source(name, lies_at)
        for record in read_records(file, self._most + _HEAD_BYTES):
            if record.kind not in READABLE and record.kind != "damaged":
                self.other_records[record.kind or "unnamed"] += 1
                continue
            if self._is_about_pending(record):
                yield from self._drain(source)
            item = self._judge.judge(record)
            if item is None:
                yield from self._drain(source)
                item = self._judge.judge(record) or self._defer(record, source)
            if item:
                yield from self._add(item, source)
        yield from self._drain(source)

    def finish(self) -> Iterator[Taken]:
        """Import the revisit records whose capture came later; the others end without it."""
        deferred, self._deferred = self._deferred, []
        for record, source in deferred:
            item = self._judge.judge(record) or _without_original(record)
            yield from self._store(self._begin([item], source))

    def _defer(self, record: WarcRecord, source: _Source) -> Taken | None:
        if len(self._deferred) >= _MOST_DEFERRED:
            return _without_original(record)
        self._deferred.append((record, source))
        return None

    def _is_about_pending(self, record: WarcRecord) -> bool:
        """Whether the record says that a page is gone which is not stored yet."""
        if not self._pending or not _GONE.match(record.block or b""):
            return False
        try:
            return url_key(canonicalise(record.url or "")) in self._pending
        except ValueError:
            return False

    # Batches: one is being read while the one before is being stored ---------------------------------------------

    def _add(self, item: Item, source: _Source) -> Iterator[Taken]:
        self._waiting.append(item)
        if isinstance(item, Candidate):
            self._pending.add(item.key)
        if _is_full(self._waiting):
            yield from self._push(source)

    def _push(self, source: _Source) -> list[Taken]:
        before, self._ahead = self._ahead, self._begin(self._waiting, source)
        self._waiting = []
        return self._store(before) if before else []

    def _drain(self, source: _Source) -> Iterator[Taken]:
        yield from self._push(source)
        yield from self._push(source)
        self._ahead = None
        self._pending.clear()

    def _begin(self, items: Sequence[Item], source: _Source) -> _Batch:
        pages = [item for item in items if isinstance(item, Candidate)]
        known = self._known(pages)
        fresh = {item.seen: item for item in pages if item.seen not in known}  # a record may be there twice
        in_time = sorted(fresh.values(), key=lambda item: item.response.captured_at)
        return _Batch(source, items, [self._start_reading(item) for item in in_time], known)

    def _start_reading(self, candidate: Candidate) -> tuple[Candidate, Future[Article] | None]:
        """Begin to read the page; without a future, the candidate has its end."""
        status = candidate.response.status
        if is_gone(status):
            return replace(candidate, ended=(Disposition.SKIPPED, f"gone_{status}")), None
        try:
            return candidate, self._readers.start(candidate.page(self._most), candidate.outlet)
        except Exception as error:
            return _failed(candidate, error), None

    def _store(self, batch: _Batch) -> list[Taken]:
        read = [_result(candidate, future) for candidate, future in batch.reading]
        with importing(self._engine):
            known = {**batch.known, **self._known(read)}  # again: the batch or import before may have stored the same
            new = [item for item in read if item.seen not in known]
            ends = self._archive(new, batch.source)
        taken, first = [], set[CaptureKey]()
        for item in batch.items:
            if isinstance(item, Taken):
                taken.append(item)
                continue
            again = known.get(item.seen) or (_as_known(ends[item.seen]) if item.seen in first else None)
            first.add(item.seen)
            outcome = _shown(item, again) if again else ends[item.seen]
            taken.append(Taken(item.record.id, item.response.url, outcome))
        return taken

    # Storing -----------------------------------------------------------------------------------------------------

    def _known(self, pages: Sequence[Candidate]) -> dict[CaptureKey, ArchivedCapture]:
        if not pages:
            return {}
        with self._engine.connect() as conn:
            return find_captures(conn, {candidate.seen for candidate in pages})

    def _archive(self, pages: Sequence[Candidate], source: _Source) -> dict[CaptureKey, Outcome]:
        if not pages:
            return {}
        links = self._importer.enter([_entry(candidate) for candidate in pages])
        batch = [self._page(candidate, link_id, source) for candidate, link_id in zip(pages, links, strict=True)]
        outcomes = store_pages(self._engine, batch, self._files)
        return {candidate.seen: outcome for candidate, outcome in zip(pages, outcomes, strict=True)}

    def _page(self, candidate: Candidate, link_id: int, source: _Source) -> FetchedPage:
        disposition, reason = candidate.ended or (None, None)
        reread = Rereader(self._home, candidate.outlet)
        at, record = candidate.response.captured_at, self._keep(candidate, source)
        return FetchedPage(link_id, None, at, record, candidate.article, disposition, reason, reread=reread)

    def _keep(self, candidate: Candidate, source: _Source) -> StoredRecord:
        """Return where the capture lies, copied to our files unless it may stay and can be read there."""
        record, response, place = candidate.record, candidate.response, source.lies_at
        if place is None or record.length is None or not block_is_whole(record):
            origin = f"{source.name} {record.id}" + (" (resource)" if record.kind == "resource" else "")
            stored = self._files.write(response, original=candidate.original, imported_from=origin)
        else:
            stored = StoredRecord(
                place.file, place.offset + record.offset, record.length, candidate.digest, len(response.body),
                response.url, response.status, response.header("content-type"), response.captured_at,
                candidate.original.capture_id if candidate.original else None,
            )  # fmt: skip
        return replace(stored, stated_digest=stated_digest(candidate))


def _is_full(waiting: Iterable[Item]) -> bool:
    pages = [item for item in waiting if isinstance(item, Candidate)]
    return len(pages) >= _BATCH or sum(len(item.response.body) for item in pages) >= _BATCH_BYTES


def _result(candidate: Candidate, reading: Future[Article] | None) -> Candidate:
    """Wait for the page to be read; return the candidate with its article, or with its end."""
    if reading is None:
        return candidate
    try:
        return replace(candidate, article=reading.result())
    except Exception as error:
        return _failed(candidate, error)


def _failed(candidate: Candidate, error: Exception) -> Candidate:
    end = end_of(error)
    if end is None:
        logger.error("page_unreadable", extra={"url": candidate.response.url}, exc_info=error)
    return replace(candidate, ended=end or (Disposition.FAILED, Reason.UNREADABLE))


def _entry(candidate: Candidate) -> Entry:
    headline = candidate.article.headline if candidate.article else None
    return Entry(candidate.response.url, candidate.outlet.name, candidate.outlet.url, headline)


def _without_original(record: WarcRecord) -> Taken:
    return ended(record, Disposition.SKIPPED, Reason.REVISIT_WITHOUT_ORIGINAL)


def _as_known(outcome: Outcome) -> ArchivedCapture:
    reason = None if outcome.article_id else outcome.reason
    return ArchivedCapture(outcome.link_id, outcome.article_id, outcome.story_id, reason)


def _shown(candidate: Candidate, known: ArchivedCapture) -> Outcome:
    """How a capture ends that the archive has already."""
    end, reason = Disposition.UNCHANGED, None
    if is_gone(candidate.response.status):
        end, reason = Disposition.SKIPPED, f"gone_{candidate.response.status}"
    elif known.article_id is None:
        end, reason = Disposition.SKIPPED, known.reason or Reason.KNOWN
    return Outcome(known.link_id, candidate.response.url, end, reason, known.article_id, known.story_id)
