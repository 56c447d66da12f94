"""The memory of boilerplate: lines that a page shares with other articles, and the headlines of others.

Reads and writes `block_memory`. The key of a row has the period in which a page was fetched and the line, so that new
rows lie together and old ones can go. A page is judged by what arrived before it, in its batch or earlier. Since one
process crawls an outlet at a time, the order of storing matters only for the headlines of other outlets. A link that
waits to be fetched is known by the title under which it was announced.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from archive.ingest.existing import Existing, ExistingArticle, ExistingLink, PreparedPage
from archive.ingest.fetched import Outcome
from archive.ingest.rows import array_of
from news.article import Article, Block, Label
from news.sameness.boilerplate import (
    OTHERS,
    RememberedPage,
    Sighting,
    is_plain,
    is_rare,
    is_worth_keeping,
    line_key,
    may_be_teaser,
    may_recur,
    set_aside,
    tells_apart,
)
from news.sameness.normal_forms import letters_of

PERIOD = timedelta(days=28)
AROUND = 2  # periods before a page's own, and after it, in which a line counts
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINE_BITS = 51
_MOST_ANNOUNCED = 5000  # a sitemap may list fifty thousand; the newest are in teasers
_MOST = 100  # articles that are counted; no line is taken for boilerplate that lies so far apart


class Seen(NamedTuple):
    """An article that had a line, in which period of the memory and when it was first fetched.

    `place` is that among the outlet's pages in the batch; None for an article that was stored before.
    """

    period: int
    at: datetime
    place: int | None
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class _Text:
    """An article, and the letters of the lines that are its text, by their places."""

    article: Article
    letters: Mapping[int, str]

    @classmethod
    def of(cls, article: Article) -> "_Text":
        blocks = enumerate(article.blocks)
        return cls(article, {n: letters_of(block.text) for n, block in blocks if block.label is Label.BODY})

    def where(self, holds: Callable[[Block], bool]) -> Iterator[str]:
        """Yield the letters of the lines whose block passes the test."""
        return (line for n, line in self.letters.items() if holds(self.article.blocks[n]))

    def without(self, article: Article) -> Iterator[str]:
        """Yield the letters of the lines that *article*, a newer reading of the same page, sets aside."""
        return (line for n, line in self.letters.items() if article.blocks[n].label is not Label.BODY)


@dataclass(frozen=True, slots=True)
class _Memo:
    """A page as it shows itself and as its latest revision has it, with the keys of lines and of possible headlines."""

    prepared: PreparedPage
    outlet_id: int
    own: Sighting
    period: int
    shown: _Text
    archived: _Text
    lines: Mapping[str, int]
    headlines: Mapping[str, int]


class BoilerplateMemory:
    """Finds boilerplate on the pages of a batch by the lines of other articles, and remembers the pages' own lines."""

    def __init__(self, conn: Connection, existing: Existing, links: Mapping[int, ExistingLink]) -> None:
        self._conn = conn
        self._existing = existing
        self._links = links
        self._sightings: dict[int, list[Seen]] = {}  # by line
        self._spacing = Spacing(conn)
        self._announced: dict[int, set[int]] = {}  # links that wait, by the line of their title
        self._fresh: list[tuple[int, int]] = []  # key and link

    def read(self, pages: Sequence[PreparedPage]) -> list[PreparedPage]:
        """Return the pages in order, with their boilerplate set aside."""
        memos = [self._memo(prepared) for prepared in pages]
        self._load(memos)
        self._load_announced([memo for memo in memos if any(memo.shown.where(may_be_teaser))])
        return [self._read(memo) for memo in memos]

    def rows(self, outcomes: Iterable[Outcome]) -> list[tuple[int, int]]:
        """Return what the pages add to the memory: key and article."""
        articles = {outcome.link_id: outcome.article_id for outcome in outcomes}
        lines = {(key, articles.get(link_id)) for key, link_id in self._fresh}
        return sorted((key, article_id) for key, article_id in lines if article_id is not None)

    def _memo(self, prepared: PreparedPage) -> _Memo:
        link, home = self._links[prepared.page.link_id], self._home(prepared)
        article, number = prepared.article, home.article.id if home else -link.id
        own = Sighting.of(number, article.headline, article.paragraphs, article.authors)
        shown, archived = _Text.of(article), _Text.of(_archived(home))
        lines = {line for lines_of in (shown, archived) for line in lines_of.where(lambda block: may_recur(block, own))}
        titles = filter(tells_apart, (*shown.where(may_be_teaser), *archived.letters.values()))
        return _Memo(
            prepared=prepared,
            outlet_id=link.outlet_id,
            own=own,
            period=first_key(prepared.page.fetched_at) >> _LINE_BITS,
            shown=shown,
            archived=archived,
            lines={line: line_key(link.outlet_id, line) for line in lines},
            headlines={line: line_key(None, line) for line in titles},
        )

    def _home(self, prepared: PreparedPage) -> ExistingArticle | None:
        """Return the article at the page's addresses."""
        shown = self._existing.get(self._links[prepared.page.link_id].article_id) or self._existing.at(prepared.own_key)
        return shown or self._existing.at(prepared.canonical_key)

    def _read(self, memo: _Memo) -> PreparedPage:
        shown = self._page(memo, memo.shown, set(memo.archived.letters.values()))
        archived = self._page(memo, memo.archived, ())
        article = set_aside(shown)
        # how archived lines were linked is not known: there a headline is a teaser without a link
        titles = (memo.archived.letters[n] for n in archived.headlines)
        recurring = {*memo.shown.without(article), *memo.archived.without(set_aside(archived)), *titles}
        self._take_in(memo)
        return memo.prepared.without_boilerplate(article, frozenset(recurring))

    def _page(self, memo: _Memo, text: _Text, settled: Collection[str]) -> RememberedPage:
        """Gather what is remembered of the text's lines, without what the article itself left there."""
        lines = {n: self._others(memo, memo.lines[line]) for n, line in text.letters.items() if line in memo.lines}
        titles = {n: memo.headlines[line] for n, line in text.letters.items() if line in memo.headlines}
        return RememberedPage(
            text.article,
            memo.own,
            others={n: [seen.sighting for seen in others] for n, others in lines.items()},
            headlines={n for n, key in titles.items() if self._others(memo, key) or self._waiting(memo, key)},
            rare={n for n, others in lines.items() if self._is_rare(memo, text.article.blocks[n], others)},
            settled={n for n, line in text.letters.items() if line in settled},
        )

    def _others(self, memo: _Memo, key: int) -> list[Seen]:
        known = self._sightings.get(key, ())
        near = (seen for seen in known if abs(seen.period - memo.period) <= AROUND)
        return [seen for seen in near if seen.sighting.article != memo.own.article]

    def _is_rare(self, memo: _Memo, block: Block, others: Sequence[Seen]) -> bool:
        """Return whether the articles with the line, among them this one while others are few, lie far apart."""
        if len(others) < OTHERS or not is_plain(block):
            return False
        counts = len(others) == OTHERS  # of few articles it is one
        return is_rare(len(others) + counts, self._spacing.articles(memo.outlet_id, others, counts))

    def _waiting(self, memo: _Memo, title: int) -> set[int]:
        """Return links of that title that wait to be fetched, the page's own left out."""
        return self._announced.get(title, set()) - {memo.prepared.page.link_id}

    def _take_in(self, memo: _Memo) -> None:
        """Remember the page's lines, its headline and how it was announced, as far as that adds anything."""
        lines = {memo.lines[line] for line in memo.shown.letters.values() if line in memo.lines}
        place = self._spacing.next_place(memo.outlet_id)
        for line in lines | set(self._titles(memo)):
            known = self._sightings.setdefault(line, [])
            if is_worth_keeping(memo.own, [seen.sighting for seen in known if seen.period == memo.period]):
                known.append(Seen(memo.period, memo.prepared.page.fetched_at, place, memo.own))
                self._fresh.append((memo.period << _LINE_BITS | line, memo.prepared.page.link_id))

    def _titles(self, memo: _Memo) -> Iterator[int]:
        announced = letters_of(self._links[memo.prepared.page.link_id].title or "")
        return (line_key(None, title) for title in (memo.own.headline, announced) if tells_apart(title))

    def _load_announced(self, memos: Sequence[_Memo]) -> None:
        """Load the titles of the links that wait to be fetched."""
        outlets = {memo.outlet_id for memo in memos}
        if not outlets:
            return
        for row in self._conn.execute(_ANNOUNCED, {"outlets": list(outlets), "most": _MOST_ANNOUNCED}):
            self._announced.setdefault(line_key(None, letters_of(row.title)), set()).add(row.id)

    def _load(self, memos: Sequence[_Memo]) -> None:
        latest = self._conn.execute(_LATEST).scalar()
        if latest is None:
            return
        keys = {key for memo in memos for key in self._keys_of(memo, latest >> _LINE_BITS)}
        rows = self._conn.execute(_ROWS, {"keys": array_of(sorted(keys))}).all()
        articles = {row.article_id for row in rows}
        found = self._conn.execute(_ARTICLES, {"ids": array_of(sorted(articles))}) if articles else ()
        sightings = {
            row.id: (row.first_captured_at, None, Sighting.of(row.id, row.headline, row.opening, row.authors))
            for row in found
        }
        for key, article_id in rows:
            if article_id in sightings:
                period, line = divmod(key, 1 << _LINE_BITS)
                self._sightings.setdefault(line, []).append(Seen(period, *sightings[article_id]))

    def _keys_of(self, memo: _Memo, latest: int) -> Iterator[int]:
        """Yield the keys under which the page's lines may be remembered."""
        lines = {*memo.lines.values(), *memo.headlines.values(), *self._titles(memo)}
        for period in range(max(0, memo.period - AROUND), min(memo.period + AROUND, latest) + 1):
            yield from (period << _LINE_BITS | line for line in lines)


def first_key(at: datetime, periods: int = 0) -> int:
    """Return the lowest key of the period that lies *periods* after that of *at*."""
    return max(0, (at - _EPOCH) // PERIOD + periods) << _LINE_BITS


def keys_around(at: datetime, line: int) -> list[int]:
    """Return the keys of *line* in the periods that count for a page fetched at that time."""
    own = first_key(at) >> _LINE_BITS
    return [period << _LINE_BITS | line for period in range(max(0, own - AROUND), own + AROUND + 1)]


def _archived(home: ExistingArticle | None) -> Article:
    """Return the text of the latest revision as an article."""
    body = home.article.body if home else ""
    return Article("", blocks=tuple(Block(text) for text in body.split("\n\n") if text))


class Spacing:
    """Counts the articles of an outlet between two others; asks the database once for each pair in a batch."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._places: Counter[int] = Counter()
        self._stored: dict[tuple[int, int | None], int] = {}

    def next_place(self, outlet_id: int) -> int:
        """Return the place of the outlet's next page in the batch."""
        self._places[outlet_id] += 1
        return self._places[outlet_id] - 1

    def articles(self, outlet_id: int, seen: Sequence[Seen], until_now: bool) -> int:
        """Count the outlet's articles from the first of *seen* to the last, or to the next of the batch."""
        stored = sorted(
            (line for line in seen if line.place is None), key=lambda line: (line.at, line.sighting.article)
        )
        places = [line.place for line in seen if line.place is not None] + [self._places[outlet_id]] * until_now
        fresh = max(places) - (0 if stored else min(places)) + 1 if places else 0
        return fresh + (self._between(outlet_id, stored[0], None if places else stored[-1]) if stored else 0)

    def _between(self, outlet_id: int, first: Seen, last: Seen | None) -> int:
        """Return how many articles were stored from the first to the last, or since."""
        key = first.sighting.article, last and last.sighting.article
        if key not in self._stored:
            values = {"outlet_id": outlet_id, "since": first.at, "first": key[0], "last": key[1], "most": _MOST}
            self._stored[key] = self._conn.execute(_PASSED, values | {"until": last and last.at}).scalar_one()
        return self._stored[key]


_ANNOUNCED = text("""
select id, title from links
where outlet_id = any(cast(:outlets as bigint[])) and state = 'waiting' and title is not null
order by id desc limit :most
""")

_LATEST = text("select max(key) from block_memory")

_ROWS = text(
    "select key, article_id from block_memory where key = any(cast(:keys as bigint[])) order by key, article_id"
)

_ARTICLES = text("""
select a.id, a.first_captured_at, r.headline, r.authors, string_to_array(left(t.body, 2000), E'\\n\\n') as opening
from articles a join revisions r on r.id = a.revision_id join texts t on t.digest = r.text_digest
where a.id = any(cast(:ids as bigint[]))
""")
# Imports give one time to many articles: their numbers are in order too.
_PASSED = text("""
select count(*) from (
    select from articles where outlet_id = :outlet_id
        and first_captured_at >= :since and (cast(:until as timestamptz) is null or first_captured_at <= :until)
        and id >= :first and (cast(:last as bigint) is null or id <= :last)
    limit :most
) as passed
""")
