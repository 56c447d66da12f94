"""Crawls: opened under a lock per outlet, closed with their counts, listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from news.dispositions import Ledger


@dataclass(slots=True)
class Crawl:
    """A running crawl. It holds its outlet until it is closed; the lock goes with its connection when the process dies."""

    id: int
    outlet_id: int
    target: str
    started_at: datetime
    lock: Connection


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """A crawl as it is listed. `state`: running, finished, interrupted or failed."""

    id: int
    outlet: str
    target: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    links: int
    counts: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]  # {"skipped": {"robots_txt": 2}}
    pages: int
    bytes: int
    balanced: bool | None
    note: str | None


def open_crawl(engine: Engine, outlet_id: int, target: str) -> Crawl:
    """Begin a crawl; earlier crawls of the outlet whose process is gone are marked interrupted.

    Raises Busy when another process crawls this outlet.
    """
    raise NotImplementedError


def close_crawl(
    engine: Engine,
    crawl: Crawl,
    *,
    state: str = "finished",
    pages: int = 0,
    size: int = 0,
    looked: bool = True,
    reason: str | None = None,
) -> Ledger:
    """Write the closing line and the coverage, let go of the outlet, return the recounted books.

    *pages* responses of *size* bytes were fetched. *looked* False (with *reason*) when no channel could be read.
    """
    raise NotImplementedError


def list_crawls(conn: Connection, *, outlet: str | None = None, limit: int = 20) -> list[CrawlRecord]:
    """The latest crawls, newest first."""
    raise NotImplementedError


def find_crawl(conn: Connection, crawl_id: int) -> CrawlRecord | None:
    """One crawl, or None."""
    raise NotImplementedError
