"""Session ids under names of an outlet's own: learnt from addresses that differ in one value and show one article."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection, text

from archive.outlets import found_of, save_found
from news.urls import only_difference, without_names

SESSION_NAMES = "session_names"  # among what was found of an outlet
LEAST_ARTICLES = 2  # that have such addresses: one alone may be published twice


def session_names_of(conn: Connection, outlet_id: int) -> frozenset[str]:
    """Return the query parameters of the outlet's addresses that hold session ids, as far as learnt."""
    return frozenset(found_of(conn, outlet_id).get(SESSION_NAMES, ()))


def learn_session_names(conn: Connection, outlet_id: int, crawl_id: int) -> None:
    """Learn from the articles that the crawl met at further addresses.

    A name is none of a session where another of its values has shown another story: then it is an article's id.
    """
    values = {"outlet_id": outlet_id, "crawl_id": crawl_id}
    addresses: dict[int, list[str]] = {}
    for row in conn.execute(_ADDRESSES, values):
        addresses.setdefault(row.article_id, []).append(row.canonical_url)
    counts = Counter(name for urls in addresses.values() for name in _differences(urls))
    known = session_names_of(conn, outlet_id)
    learnt = [name for name, articles in counts.items() if articles >= LEAST_ARTICLES and name not in known]
    names = [name for name in learnt if not _tells_stories_apart(conn, outlet_id, name)]
    if names:
        save_found(conn, outlet_id, {SESSION_NAMES: sorted([*known, *names])})


def _differences(urls: Sequence[str]) -> set[str]:
    return {name for url, other in pairwise(urls) if (name := only_difference(url, other))}


def _tells_stories_apart(conn: Connection, outlet_id: int, name: str) -> bool:
    rows = conn.execute(_STORIES, {"outlet_id": outlet_id, "part": f"{name}="})
    stories: dict[str, int] = {}
    return any(
        stories.setdefault(without_names(row.canonical_url, {name}), row.story_id) != row.story_id for row in rows
    )


_ADDRESSES = text("""
select l.article_id, l.canonical_url from links l
where l.outlet_id = :outlet_id and l.article_id in (
    select article_id from links where crawl_id = :crawl_id and disposition = 'moved' limit 200
)
order by l.article_id, l.id desc limit 5000
""")

_STORIES = text("""
select l.canonical_url, a.story_id from links l join articles a on a.id = l.article_id
where l.outlet_id = :outlet_id and strpos(l.canonical_url, :part) > 0 order by l.id desc limit 5000
""")
