"""Stores read pages: what each is compared with the archive, and all its rows, in one transaction per batch."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine, insert, text

from archive import models
from archive.captures import CaptureFiles, StoredRecord
from archive.captures.response import Redirect
from archive.conflicts import retry_conflicts
from archive.crawls import require_running
from archive.ingest.batch_judge import BatchJudge
from archive.ingest.boilerplate_memory import BoilerplateMemory
from archive.ingest.existing import (
    ExistingLink,
    PreparedPage,
    load_articles,
    load_existing,
    load_links,
    load_twins,
    prepare,
)
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.near_copies import NearCopies
from archive.ingest.rows import capture_row, lock_texts, take_many_ids, write_rows
from archive.removal.register import refused
from news.dispositions import Disposition
from news.errors import ArchiveError
from news.reasons import Reason
from news.text import storable
from news.urls import page_key

logger = logging.getLogger(__name__)


def store_pages(engine: Engine, batch: Sequence[FetchedPage], captures: CaptureFiles | None = None) -> list[Outcome]:
    """Store up to about 50 pages, links settled and all, in one transaction; return one Outcome each, in order.

    Syncs *captures* (needed when a page has a record) before any row is written. A page that cannot be stored ends as
    failed with reason `store_error` and its neighbours are kept. Raises ArchiveUnavailable when the database is gone
    and CrawlLost when another process closed one of the crawls: then nothing was written, and every link waits.
    """
    _make_durable(captures, any(page.record for page in batch))
    try:
        return retry_conflicts(lambda: _store_together(engine, batch, captures))
    except ArchiveError:
        raise
    except Exception:
        logger.warning("batch_stored_singly", extra={"pages": len(batch)}, exc_info=True)
        return [_store_alone(engine, page, captures) for page in batch]


def store_captures(
    engine: Engine,
    captures: CaptureFiles,
    outlet_id: int,
    crawl_id: int | None,
    records: Sequence[tuple[int, StoredRecord]],
) -> list[int]:
    """Write the rows of captures that belong to no link (feeds, home pages), (URL key, record); return their ids."""
    _make_durable(captures, True)
    with engine.begin() as conn:
        ids = take_many_ids(conn, "captures", len(records))
        rows = [
            capture_row(record, key, outlet_id, crawl_id, capture_id)
            for (key, record), capture_id in zip(records, ids, strict=True)
        ]
        if rows:
            captures.note(conn, (record.file for _, record in records))
            conn.execute(insert(models.captures), rows)
    return ids


def store_redirects(
    engine: Engine, captures: CaptureFiles, outlet_id: int, crawl_id: int, redirects: Sequence[Redirect]
) -> None:
    """Write the rows of redirects that lead elsewhere than the last one of their address did.

    So the table grows with what changes and not with each visit; the WARC files have the record of every visit.
    """
    _make_durable(captures, True)
    keyed = {
        (key, redirect.record.status, storable(redirect.location)): redirect
        for redirect in redirects
        if (key := page_key(redirect.record.url)) is not None
    }
    with engine.begin() as conn:
        known = {tuple(row) for row in conn.execute(_LAST_REDIRECTS, {"keys": [key for key, _, _ in keyed]})}
        new = [(*where, redirect.record) for where, redirect in keyed.items() if where not in known]
        ids = take_many_ids(conn, "captures", len(new))
        rows = [
            capture_row(replace(record, url=storable(record.url)), key, outlet_id, crawl_id, capture_id)
            | {"location": location}
            for (key, _, location, record), capture_id in zip(new, ids, strict=True)
        ]
        if rows:
            captures.note(conn, (row["file"] for row in rows))
            conn.execute(insert(models.captures), rows)


def _make_durable(captures: CaptureFiles | None, needed: bool) -> None:
    if captures:
        captures.sync()
    elif needed:
        raise ValueError("a record must be on disk before its row: pass the CaptureFiles it was written with")


def _store_together(engine: Engine, batch: Sequence[FetchedPage], captures: CaptureFiles | None) -> list[Outcome]:
    with engine.begin() as conn:
        require_running(conn, {page.crawl_id for page in batch if page.crawl_id is not None})
        links = load_links(conn, [page.link_id for page in batch])
        pages = [prepare(page, links[page.link_id]) for page in batch]
        _lock(conn, links.values(), pages)
        # again under the locks: their last holder may have written
        links = load_links(conn, list(links))
        existing = load_existing(conn, _article_ids(links), _keys(pages))
        fresh = [prepared for prepared in pages if prepared and not _shows_the_same(prepared, links)]
        memory = BoilerplateMemory(conn, existing, links)
        remembered = dict(zip(map(id, fresh), memory.read(fresh), strict=True))
        pages, fresh = [remembered.get(id(prepared), prepared) for prepared in pages], list(remembered.values())
        batch, pages = _refuse_removed(conn, batch, pages)
        left = set(map(id, pages))
        fresh = [prepared for prepared in fresh if id(prepared) in left]
        near_copies = NearCopies(conn, fresh)
        judge = BatchJudge(conn, existing, links, near_copies, sum(page.record is not None for page in batch))
        if fresh:
            judge.reread_ahead(fresh)
            lock_texts(conn)
            comparable = [prepared for prepared in fresh if prepared.comparable]
            letters = {digest for prepared in comparable for digest in prepared.all_letters}
            load_twins(conn, existing, letters, {prepared.outlet_id for prepared in comparable})
            near_copies.load()
            load_articles(conn, existing, near_copies.articles())
        outcomes = [judge.add(page, prepared) for page, prepared in zip(batch, pages, strict=True)]
        if captures:
            captures.note(conn, (page.record.file for page in batch if page.record))
        write_rows(conn, judge.finish(memory.rows(outcomes)))
    return outcomes


def _refuse_removed(
    conn: Connection, batch: Sequence[FetchedPage], pages: Sequence[PreparedPage | None]
) -> tuple[list[FetchedPage], list[PreparedPage | None]]:
    """Let each page whose address or text was removed for good end as skipped."""
    asked = [(page.outlet_id, page.keys, page.all_letters) if page else (0, (), ()) for page in pages]
    removed = refused(conn, asked)
    left = [None if gone else page for page, gone in zip(pages, removed, strict=True)]
    fetched = zip(batch, removed, strict=True)
    return [page.ended(Disposition.SKIPPED, Reason.REMOVED) if gone else page for page, gone in fetched], left


def _shows_the_same(prepared: PreparedPage, links: Mapping[int, ExistingLink]) -> bool:
    link = links[prepared.page.link_id]
    return link.article_id is not None and link.wording_digest == prepared.wording_digest


def _lock(conn: Connection, links: Iterable[ExistingLink], pages: Sequence[PreparedPage | None]) -> None:
    """Lock these addresses until the transaction ends."""
    keys = {link.url_key for link in links} | _keys(pages)
    conn.execute(_LOCK, {"keys": sorted(keys)})


def _keys(pages: Sequence[PreparedPage | None]) -> set[int]:
    return {key for prepared in pages if prepared for key in prepared.keys}


def _article_ids(links: Mapping[int, ExistingLink]) -> set[int]:
    return {link.article_id for link in links.values() if link.article_id is not None}


def _store_alone(engine: Engine, page: FetchedPage, captures: CaptureFiles | None) -> Outcome:
    try:
        return _store_together(engine, [page], captures)[0]
    except ArchiveError:
        raise
    except Exception:
        logger.exception("page_not_stored", extra={"link_id": page.link_id})
    failed = replace(page, article=None, disposition=Disposition.FAILED, reason=Reason.STORE_ERROR)
    try:
        return _store_together(engine, [failed], captures)[0]
    except ArchiveError:
        raise
    except Exception:  # its capture is what cannot be stored
        bare = replace(failed, record=None, etag=None, last_modified=None, due_at=None)
        return _store_together(engine, [bare], captures)[0]


_LAST_REDIRECTS = text("""
select distinct on (url_key) url_key, status, location from captures
where url_key = any(cast(:keys as bigint[])) and location is not null order by url_key, captured_at desc, id desc
""")

# In one order, so that two batches with texts in common never wait for each other in a circle.
_LOCK = text("select pg_advisory_xact_lock(key) from unnest(cast(:keys as bigint[])) as key order by key")
