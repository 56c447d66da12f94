"""The history of access states: written at the end of each crawl, read by outlet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from news.access import AccessLog, AccessState, Key, Seen, Source, looks_before_end
from news.dispositions import Disposition, Ledger
from news.reasons import Reason
from news.text import storable


@dataclass(frozen=True, slots=True)
class AccessInterval:
    """One access state of an outlet, from when to when; `until` is None while it lasts.

    `source` and `evidence` say where it was seen first, `pages` how many pages showed it, counted once per crawl.
    """

    state: str
    source: str
    evidence: str
    since: datetime
    last_seen_at: datetime
    until: datetime | None
    pages: int


def access_of(conn: Connection, outlet_id: int) -> list[AccessInterval]:
    """Return the outlet's access states: those that last, then those that are over, the latest first."""
    return [AccessInterval(**row._mapping) for row in conn.execute(_OF_OUTLET, {"outlet_id": outlet_id})]


def begun_barriers(conn: Connection, outlet_id: int, since: datetime, states: Sequence[str]) -> list[AccessInterval]:
    """Return those of *states* that last, and began after *since* and after an earlier look at the outlet."""
    values = {"outlet_id": outlet_id, "since": since, "states": list(states)}
    return [AccessInterval(**row._mapping) for row in conn.execute(_BEGUN, values)]


def write_access(conn: Connection, crawl_id: int, outlet_id: int, log: AccessLog, ledger: Ledger) -> None:
    """Continue, begin and end the outlet's access states by what the crawl saw."""
    _note_limits(log, ledger)
    lasting: dict[Key, Row[Any]] = {
        (AccessState(row.state), Source(row.source)): row for row in conn.execute(_LASTING, {"outlet_id": outlet_id})
    }
    for key, seen in log.signs.items():
        if key in lasting:
            conn.execute(_SEEN, {"id": lasting[key].id, "pages": len(seen.pages)})
        elif log.begins(key):
            conn.execute(_BEGIN, _values(key, seen) | {"crawl_id": crawl_id, "outlet_id": outlet_id})
    for key, row in lasting.items():
        looks = log.looks(key)
        if key not in log.signs and looks:
            over = row.clear_looks + looks >= looks_before_end(key)
            conn.execute(_CLEAR, {"id": row.id, "looks": looks, "over": over})


def _note_limits(log: AccessLog, ledger: Ledger) -> None:
    for reason in (Reason.LIMIT, Reason.CRAWL_TIMEOUT):
        links = ledger.reasons.get((Disposition.SKIPPED, reason), 0)
        if links and log.whole:
            log.add(AccessState.LIMIT, Source.CRAWL, f"{links} links: {reason.words}")


def _values(key: Key, seen: Seen) -> dict[str, Any]:
    state, source = key
    evidence = storable(seen.evidence)
    return {"state": state, "source": source, "evidence": evidence, "since": seen.at, "pages": len(seen.pages)}


_COLUMNS = "state, source, evidence, since, last_seen_at, ended_at as until, pages"

_OF_OUTLET = text(f"""
select {_COLUMNS} from access_states where outlet_id = :outlet_id
order by ended_at is not null, ended_at desc, since, id
""")  # noqa: S608 - put together from constants

_BEGUN = text(f"""
select {_COLUMNS} from access_states a
where outlet_id = :outlet_id and ended_at is null and since > :since and state = any(cast(:states as text[]))
  and exists (select from coverage c where c.outlet_id = a.outlet_id and c.looked and c.ended_at < a.since)
order by since, id
""")  # noqa: S608 - put together from constants

_LASTING = text(
    "select id, state, source, clear_looks from access_states where outlet_id = :outlet_id and ended_at is null"
)

_BEGIN = text("""
insert into access_states (outlet_id, crawl_id, state, source, evidence, since, pages)
values (:outlet_id, :crawl_id, :state, :source, :evidence, :since, :pages)
""")

_SEEN = text("""
update access_states set last_seen_at = clock_timestamp(), pages = pages + :pages, clear_looks = 0 where id = :id
""")

_CLEAR = text("""
update access_states set clear_looks = clear_looks + :looks, ended_at = case when :over then clock_timestamp() end
where id = :id
""")
