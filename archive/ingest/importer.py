"""Imports articles of other programs through the same comparison as crawled pages."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, text

from archive.conflicts import retry_conflicts
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.store import store_pages
from news.json_articles import Imported
from news.urls import canonicalise, fetchable, url_key

SIZE = 200  # articles in a transaction: with more, crawls wait longer for the lock on texts


@dataclass(frozen=True, slots=True)
class Entry:
    """An address that an import has a page of; the outlet's name and home page, and what the page is called.

    Without a home page it is the host's.
    """

    url: str
    outlet: str
    home: str | None
    title: str | None = None


@contextmanager
def importing(engine: Engine) -> Iterator[None]:
    """Keep other imports from storing captures meanwhile: of two imports of one file, one finds what the other stored.

    Raises ArchiveUnavailable.
    """
    with engine.begin() as conn:
        conn.execute(_ALONE)
        yield


class Importer:
    """Enters addresses in the frontier and stores imported articles; remembers the outlets that it met."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._outlets: dict[str, int] = {}

    def store(self, batch: Sequence[Imported]) -> list[Outcome]:
        """Store them in order and in one transaction; how each ended. Raises ArchiveUnavailable."""
        if not batch:
            return []
        links = self.enter([_entry(imported) for imported in batch])
        now = datetime.now(UTC)
        pages = [_page(link_id, imported, now) for link_id, imported in zip(links, batch, strict=True)]
        return store_pages(self._engine, pages)

    def enter(self, entries: Sequence[Entry]) -> list[int]:
        """Return the links of these addresses; create missing ones. Raises ArchiveUnavailable, ValueError."""
        addresses = [canonicalise(entry.url) for entry in entries]
        keys = [url_key(address) for address in addresses]
        places = {key: place for place, key in enumerate(keys)}

        def transact() -> dict[int, int]:
            with self._engine.begin() as conn:
                outlets = self._with_outlets(conn, entries)
                links = self._enter(conn, outlets, places, addresses, entries)
            self._outlets = outlets
            return links

        links = retry_conflicts(transact)
        return [links[key] for key in keys]

    def _with_outlets(self, conn: Connection, entries: Sequence[Entry]) -> dict[str, int]:
        """Return the ids of outlets by name, with those of *entries*; create missing ones."""
        homes = {
            entry.outlet: entry.home or home_of(entry.url) for entry in entries if entry.outlet not in self._outlets
        }
        if not homes:
            return self._outlets
        values = {"names": list(homes), "urls": list(homes.values())}
        conn.execute(_NEW_OUTLETS, values)
        return self._outlets | {row.name: row.id for row in conn.execute(_OUTLETS, values)}

    def _enter(
        self,
        conn: Connection,
        outlets: Mapping[str, int],
        places: Mapping[int, int],
        addresses: Sequence[str],
        entries: Sequence[Entry],
    ) -> dict[int, int]:
        """Return the links by URL key. *places* has the last position of each address in the batch."""
        last = [entries[place] for place in places.values()]
        values = {
            "keys": list(places),
            "canonicals": [addresses[place] for place in places.values()],
            "urls": [fetchable(entry.url) for entry in last],
            "titles": [(entry.title or "")[:1000] or None for entry in last],
            "outlet_ids": [outlets[entry.outlet] for entry in last],
        }
        conn.execute(_NEW_LINKS, values)
        return {row.url_key: row.id for row in conn.execute(_LINKS, values)}


def final_stories(conn: Connection) -> Mapping[int, int]:
    """Return {merged story: story that replaced it}."""
    return {row.id: row.merged_into for row in conn.execute(_MERGED)}


def _page(link_id: int, imported: Imported, now: datetime) -> FetchedPage:
    captured_at = min(imported.captured_at or now, now)  # no page was fetched in the future
    return FetchedPage(link_id, None, captured_at, None, imported.article, undated=imported.captured_at is None)


def _entry(imported: Imported) -> Entry:
    return Entry(imported.article.url, imported.source, None, imported.article.headline)


def home_of(url: str) -> str:
    """Return the home page of the host of *url*. Raises ValueError unless it is an http(s) URL."""
    parts = urlsplit(canonicalise(url))
    return f"{parts.scheme}://{parts.netloc}/"


_ALONE = text("select pg_advisory_xact_lock(28268, 1)")  # beside that of archive.ingest.rows

_NEW_OUTLETS = text("""
insert into outlets (name, url) select * from unnest(cast(:names as text[]), cast(:urls as text[])) order by 1
on conflict (name) do nothing
""")

_OUTLETS = text("select id, name from outlets where name = any(cast(:names as text[]))")

# In the order of their keys, so that two imports never wait for each other in a circle. An import that dies before the
# articles are stored leaves links that say so, not links that wait for a crawl.
_NEW_LINKS = text("""
insert into links (outlet_id, url, canonical_url, url_key, title, state, disposition, reason)
select f.outlet_id, f.url, f.canonical_url, f.url_key, f.title, 'done', 'skipped', 'import_interrupted'
from unnest(cast(:outlet_ids as bigint[]), cast(:urls as text[]), cast(:canonicals as text[]),
            cast(:keys as bigint[]), cast(:titles as text[])) as f(outlet_id, url, canonical_url, url_key, title)
order by f.url_key
on conflict (url_key) do nothing
""")

_LINKS = text("select id, url_key from links where url_key = any(cast(:keys as bigint[]))")

_MERGED = text("select id, merged_into from stories where merged_into is not null")
