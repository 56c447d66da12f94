"""Articles from elsewhere, taken into the archive through the same comparison as crawled pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, text

from archive.store import Outcome, PageToStore, store_pages
from news.imports import Imported
from news.urls import canonicalise, fetchable, url_key

SIZE = 100  # articles in a transaction


class Importer:
    """Stores batches of imported articles; remembers the outlets that it met."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._outlets: dict[str, int] = {}

    def store(self, batch: Sequence[Imported]) -> list[Outcome]:
        """Store them in order and in one transaction; how each ended. Raises ArchiveUnavailable."""
        addresses = [canonicalise(one.article.url) for one in batch]
        keys = [url_key(address) for address in addresses]
        with self._engine.begin() as conn:
            self._ensure_outlets(conn, batch)
            links = self._enter(conn, {key: place for place, key in enumerate(keys)}, addresses, batch)
        now = datetime.now(UTC)
        pages = [_page(links[key], one, now) for key, one in zip(keys, batch, strict=True)]
        return store_pages(self._engine, pages)

    def _ensure_outlets(self, conn: Connection, batch: Sequence[Imported]) -> None:
        homes = {one.source: _home(one) for one in batch if one.source not in self._outlets}
        if homes:
            values = {"names": list(homes), "urls": list(homes.values())}
            conn.execute(_NEW_OUTLETS, values)
            self._outlets |= {row.name: row.id for row in conn.execute(_OUTLETS, values)}

    def _enter(
        self, conn: Connection, places: Mapping[int, int], addresses: Sequence[str], batch: Sequence[Imported]
    ) -> dict[int, int]:
        """The link of each address, by key. *places* says where in the batch an address stands last."""
        articles = [batch[place].article for place in places.values()]
        values = {
            "keys": list(places),
            "canonicals": [addresses[place] for place in places.values()],
            "urls": [fetchable(article.url) for article in articles],
            "titles": [(article.headline or "")[:1000] or None for article in articles],
            "outlet_ids": [self._outlets[batch[place].source] for place in places.values()],
        }
        conn.execute(_NEW_LINKS, values)
        return {row.url_key: row.id for row in conn.execute(_LINKS, values)}


def final_stories(conn: Connection) -> Mapping[int, int]:
    """Stories that were taken into others, and where they went."""
    return {row.id: row.merged_into for row in conn.execute(_MERGED)}


def _page(link_id: int, one: Imported, now: datetime) -> PageToStore:
    captured_at = min(one.captured_at or now, now)  # nobody has fetched anything tomorrow
    return PageToStore(link_id, None, captured_at, None, one.article)


def _home(one: Imported) -> str:
    parts = urlsplit(canonicalise(one.article.url))
    return f"{parts.scheme}://{parts.netloc}/"


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
