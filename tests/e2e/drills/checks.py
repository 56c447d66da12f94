"""Checks of an archive after a drill: the pretend web knows what must be in it.

python -m tests.e2e.drills.checks --hosts 127.0.1.{} --port 8080 --moved-on 2026-11-22T12:00:00+00:00
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, text

from archive.captures import read_record
from archive.captures.index import FILE_PLACE
from archive.database import open_archive
from archive.home import Home, open_home
from news.errors import NewsError
from tests.e2e.drills.pretend_web import Piece, Web, arguments, chosen


@dataclass(frozen=True, slots=True)
class Truth:
    """The web, and when it moved on to its second visit."""

    web: Web
    moved_on: datetime


def problems(home: Home, truth: Truth) -> list[str]:
    """Return all faults in words, none when all is well. The daemon must have been stopped."""
    engine = open_archive(home)
    try:
        with engine.connect() as conn:
            return list(problems_in(conn, home, truth))
    finally:
        engine.dispose()


def problems_in(conn: Connection, home: Home, truth: Truth) -> Iterator[str]:
    """Yield what is wrong with the archive, as this connection sees it."""
    yield from _lost_or_doubled(conn, truth)
    yield from _texts(conn, truth)
    yield from _links(conn)
    yield from _crawls(conn, truth)
    yield from _captures(conn, home)


def _rows(conn: Connection, query: str, **values: Any) -> list[Any]:
    return list(conn.execute(text(query), values))


def _lost_or_doubled(conn: Connection, truth: Truth) -> Iterator[str]:
    """Each article of the web is there once, and nothing else is."""
    expected = {truth.web.url(piece) for piece in truth.web.all_pieces()}
    kept = Counter(row.canonical_url for row in _rows(conn, "select canonical_url from articles"))
    yield from (f"lost: {url}" for url in sorted(expected - kept.keys()))
    yield from (f"not on the web: {url}" for url in sorted(kept.keys() - expected))
    yield from (f"stored {number} times: {url}" for url, number in kept.items() if number > 1)


def _texts(conn: Connection, truth: Truth) -> Iterator[str]:
    """Each article says what its page said, a revision for an edit and for nothing else, a story for each text."""
    revisions = defaultdict(list)
    for row in _rows(conn, _REVISIONS):
        revisions[row.canonical_url].append(row)
    stories = defaultdict(set)
    for piece in truth.web.all_pieces():
        found = revisions[truth.web.url(piece)]
        if found:
            yield from _wrong_text(piece, found, truth)
            stories[piece.text(1)].add(found[0].story_id)
    yield from (f"one text in {len(ids)} stories: {said[0][:60]}" for said, ids in stories.items() if len(ids) > 1)
    numbers = Counter(story_id for ids in stories.values() for story_id in ids)
    yield from (f"{number} texts in one story: {story_id}" for story_id, number in numbers.items() if number > 1)


def _wrong_text(piece: Piece, found: list[Any], truth: Truth) -> Iterator[str]:
    url, latest = truth.web.url(piece), tuple(found[-1].body.split("\n\n"))
    allowed = [piece.text(2)] if piece.listed(2) else [piece.text(1), piece.text(2)]
    if latest not in allowed or found[-1].headline != piece.headline:
        yield f"reads otherwise than its page: {url}"
    if [row.number for row in found] != list(range(1, len(found) + 1)):
        yield f"revisions {[row.number for row in found]}: {url}"
    if any(before.wording_digest == after.wording_digest for before, after in pairwise(found)):
        yield f"a revision with the text of the one before: {url}"
    seen_before = piece.edited and piece.listed(2) and found[0].first_captured_at < truth.moved_on
    most, least = 1 + piece.edited, 2 if seen_before else 1
    if not least <= len(found) <= most:
        yield f"{len(found)} revisions where {least} to {most} were to be seen: {url}"


def _links(conn: Connection) -> Iterator[str]:
    yield from (f"link {row.state}, {row.disposition} {row.reason}: {row.url}" for row in _rows(conn, _OWED))
    jobs = _rows(conn, "select status, count(*) from queue.procrastinate_jobs where status = 'doing' group by status")
    yield from (f"{row.count} jobs are held by no worker" for row in jobs)


def _crawls(conn: Connection, truth: Truth) -> Iterator[str]:
    """No outlet twice at once, books that balance, and every outlet looked at before and after the web moved on."""
    by_outlet = defaultdict(list)
    for row in _rows(conn, _CRAWLS):
        by_outlet[row.name].append(row)
    for name, crawls in by_outlet.items():
        yield from _wrong_crawls(name, crawls)
    for number in range(truth.web.outlets):
        name = truth.web.name(number)
        looked = [row.started_at for row in by_outlet[name] if row.looked]
        if not looked or not min(looked) < truth.moved_on <= max(looked):
            yield f"{name} was not looked at twice: {[f'{at:%H:%M:%S}' for at in looked]}"


def _wrong_crawls(name: str, crawls: Iterable[Any]) -> Iterator[str]:
    ordered = sorted(crawls, key=lambda row: row.started_at)
    for row in ordered:
        if row.state == "running":
            yield f"crawl {row.id} of {name} is still called running"
        elif row.state == "finished" and not row.balanced:
            yield f"the books of crawl {row.id} of {name} do not balance"
    for first, second in pairwise(ordered):
        if first.finished_at is None or second.started_at < first.finished_at:
            times = f"crawl {first.id} until {first.finished_at}, {second.id} from {second.started_at}"
            yield f"{name} twice at once: {times}"


def _captures(conn: Connection, home: Home) -> Iterator[str]:
    """Each capture can be read back, from where the database says that it lies."""
    for row in _rows(conn, f"select c.id, {FILE_PLACE} as file, c.record_offset, c.record_length, c.digest, "
                           "c.revisit_of from captures c left join capture_files f on f.name = c.file"):  # fmt: skip
        try:
            read_record(home, row.file, row.record_offset, row.record_length)
        except NewsError as problem:
            yield f"capture {row.id}: {problem}"


def summary(home: Home) -> dict[str, int]:
    """Figures for the drill's report."""
    engine = open_archive(home)
    with engine.connect() as conn:
        row = _rows(conn, _SUMMARY)[0]
    engine.dispose()
    return dict(row._mapping)


# A page that was to be looked at again waits when the end interrupted its crawl; one that was never read must not.
_OWED = """
select l.url, l.state, l.disposition, l.reason from links l left join crawls c on c.id = l.crawl_id
where l.disposition = 'failed'
   or (l.state = 'waiting' and (l.disposition is null or c.state is distinct from 'interrupted'))
"""

_REVISIONS = """
select a.canonical_url, a.story_id, a.first_captured_at, r.number, r.headline, r.wording_digest, t.body
from articles a join revisions r on r.article_id = a.id join texts t on t.digest = r.text_digest
order by a.canonical_url, r.number
"""

_CRAWLS = """
select c.id, o.name, c.state, c.started_at, c.finished_at, c.balanced,
       exists (select 1 from coverage v where v.crawl_id = c.id and v.looked) as looked
from crawls c join outlets o on o.id = c.outlet_id
"""

_SUMMARY = """
select (select count(*) from articles) as articles, (select count(*) from revisions) as revisions,
       (select count(*) from crawls) as crawls, (select count(*) from captures) as captures,
       (select count(*) from crawls where state = 'interrupted') as interrupted,
       (select count(*) from processes) as processes
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Check an archive against the pretend web.")
    arguments(parser)
    parser.add_argument("--moved-on", type=datetime.fromisoformat, required=True)
    given = parser.parse_args()
    home = open_home()
    found = problems(home, Truth(chosen(given), given.moved_on))
    print(summary(home))
    for problem in found:
        print(f"PROBLEM {problem}")
    print(f"{len(found)} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
