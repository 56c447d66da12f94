"""The register of removals: what was removed and why, without its text. It keeps a later crawl from storing it again.

Holds stand beside it: an article that is held is not removed, whatever asks for it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from news.text import storable


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal that is to be written.

    `url_keys` are the keys of its addresses, `letters` digests of the letters of its texts. A page with such a text is
    refused if it is of the same outlet, or of any where copies were removed too (`everywhere`). `places` are records
    of capture files that have to be erased: file, offset and length each.
    """

    article_id: int | None
    outlet: str | None
    reason: str
    url_keys: tuple[int, ...]
    letters: tuple[bytes, ...] = ()
    everywhere: bool = False
    first_captured_at: datetime | None = None
    places: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """An article that must not be removed, and why."""

    article_id: int
    outlet: str
    headline: str | None
    reason: str
    since: datetime


def enter(conn: Connection, removals: Iterable[Removal]) -> None:
    """Write removals into the register."""
    for removal in removals:
        values = asdict(removal) | {"reason": storable(removal.reason)}
        values |= {"url_keys": list(removal.url_keys), "letters": list(removal.letters)}
        places = [list(column) for column in zip(*removal.places, strict=True)] or [[], [], []]
        conn.execute(_ENTER, values | dict(zip(("names", "offsets", "lengths"), places, strict=True)))


def refused(conn: Connection, pages: Sequence[tuple[int, Collection[int], Collection[bytes]]]) -> list[bool]:
    """Return for each page (its outlet's id, keys of its addresses, letters of its text) whether it was removed."""
    keys = {key for _, own, _ in pages for key in own}
    letters = {digest for _, _, own in pages for digest in own}
    rows = conn.execute(_REFUSED, {"keys": list(keys), "letters": list(letters)}).all() if keys else []
    by_key = {key for row in rows for key in row.url_keys}
    texts = {(None if row.everywhere else row.outlet_id, digest) for row in rows for digest in row.letters}
    return [
        not by_key.isdisjoint(own) or any((None, digest) in texts or (outlet_id, digest) in texts for digest in digests)
        for outlet_id, own, digests in pages
    ]


def removed_at(conn: Connection, article_id: int | None, url_key: int | None) -> datetime | None:
    """Return when an article with this id, or of this address, was last removed; None when none was."""
    when: datetime | None = conn.scalar(_REMOVED_AT, {"id": article_id, "key": url_key})
    return when


def removals_of(conn: Connection) -> list[dict[str, Any]]:
    """Return the register, oldest first, as values for JSON: a backup keeps it."""
    return [dict(row._mapping) for row in conn.execute(_LIST)]


def enter_again(conn: Connection, removals: Iterable[Mapping[str, Any]]) -> None:
    """Write what `removals_of` returned into the register of a restored archive, as far as it is not there."""
    for removal in removals:
        conn.execute(_ENTER_AGAIN, dict(removal))


def hold(conn: Connection, article_ids: Iterable[int], reason: str) -> None:
    """Keep these articles from being removed."""
    for article_id in article_ids:
        conn.execute(_HOLD, {"id": article_id, "reason": storable(reason)})


def release(conn: Connection, article_ids: Iterable[int]) -> int:
    """End the holds on these articles; return how many there were."""
    return conn.execute(_RELEASE, {"ids": list(article_ids)}).rowcount


def holds(conn: Connection, article_ids: Iterable[int] | None = None) -> list[Hold]:
    """Return the holds, or those on these articles, oldest first."""
    ids = list(article_ids) if article_ids is not None else None
    return [Hold(**row._mapping) for row in conn.execute(_HOLDS, {"ids": ids})]


_ENTER = text("""
with entered as (
    insert into removals (article_id, outlet, reason, url_keys, letters, everywhere, first_captured_at)
    values (:article_id, :outlet, :reason, cast(:url_keys as bigint[]), cast(:letters as bytea[]), :everywhere,
            :first_captured_at)
    returning id, removed_at
)
insert into erasures (file, record_offset, record_length, removal_id, ordered_at)
select p.*, e.id, e.removed_at from entered e cross join unnest(
    cast(:names as text[]), cast(:offsets as bigint[]), cast(:lengths as bigint[])) as p
on conflict do nothing
""")

_REFUSED = text("""
select o.id as outlet_id, r.url_keys, r.letters, r.everywhere from removals r left join outlets o on o.name = r.outlet
where url_keys && cast(:keys as bigint[]) or letters && cast(:letters as bytea[])
""")

_REMOVED_AT = text("""
select max(removed_at) from removals
where article_id = cast(:id as bigint) or url_keys && array[cast(:key as bigint)]
""")

_LIST = text("""
select article_id, outlet, reason, array(select cast(key as text) from unnest(url_keys) as key) as url_keys,
       array(select encode(digest, 'hex') from unnest(letters) as digest) as letters, everywhere,
       cast(first_captured_at as text) as first_captured_at, cast(removed_at as text) as removed_at
from removals order by id
""")

_ENTER_AGAIN = text("""
insert into removals (article_id, outlet, reason, url_keys, letters, everywhere, first_captured_at, removed_at)
select cast(:article_id as bigint), :outlet, :reason, r.keys,
       array(select decode(digest, 'hex') from unnest(cast(:letters as text[])) as digest), :everywhere,
       cast(:first_captured_at as timestamptz), cast(:removed_at as timestamptz)
from (select cast(cast(:url_keys as text[]) as bigint[]) as keys) as r
where not exists (select from removals where url_keys @> r.keys and removed_at = cast(:removed_at as timestamptz))
""")

_HOLD = text("""
insert into holds (article_id, reason) values (:id, :reason) on conflict (article_id) do update set reason = :reason
""")

_RELEASE = text("delete from holds where article_id = any(cast(:ids as bigint[]))")

_HOLDS = text("""
select h.article_id, o.name as outlet, r.headline, h.reason, h.since
from holds h join articles a on a.id = h.article_id join outlets o on o.id = a.outlet_id
left join revisions r on r.id = a.revision_id
where cast(:ids as bigint[]) is null or h.article_id = any(cast(:ids as bigint[])) order by h.since, h.article_id
""")
