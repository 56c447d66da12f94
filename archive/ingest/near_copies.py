"""Archived texts that share passages with the pages of a batch. They grow while the batch is decided.

Reads and writes `fingerprints`. The caller holds the lock on texts (see archive.ingest.store), so that of two copies
that arrive at once the second finds the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from archive.ingest.existing import PreparedPage
from archive.ingest.rows import array_of
from news.sameness import copies
from news.sameness.copies import Found, Posting, placed_at
from news.sameness.normal_forms import Compared
from news.sameness.overlap import boilerplate_words, compare, fingerprints, headline_fingerprints

_BUCKET = timedelta(days=14)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIKELY = 6  # texts of each page that are fetched ahead, all pages' in one go


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A page's fingerprints with their positions, and when it was published."""

    at: datetime
    positions: dict[int, int]


class NearCopies:
    """Finds archived texts of which a page may be a copy; texts of the batch are added as they are decided."""

    def __init__(self, conn: Connection, pages: Sequence[PreparedPage]) -> None:
        self.rows: list[tuple[int, int]] = []  # key and revision
        self.expected = len(pages)  # pages that are not known to be unchanged
        self._conn = conn
        self._postings: dict[int, list[Posting]] = {}
        self._seen: set[tuple[int, int]] = set()  # of the postings that were looked up
        self._times: dict[int, datetime] = {}
        self._texts: dict[int, Compared] = {}
        self._merged: dict[int, int] = {}
        self._surveys: dict[int, list[Found]] = {}
        self._pages = [prepared for prepared in pages if prepared.comparable]
        self._chosen = {id(prepared): _choose(prepared) for prepared in self._pages}

    def load(self) -> None:
        """Look up what the pages may be the same as; only now does the lock on all texts have to be held."""
        self._look_up_all(self._pages)

    def articles(self) -> set[int]:
        """Return the articles of which the pages are most likely copies."""
        return {posting.article_id for prepared in self._pages for posting in self._likely(prepared, 1)}

    def near(self, prepared: PreparedPage) -> list[Found]:
        """Return texts that share passages with the page, best match first; one without a reason if none matches."""
        compared = self._survey(prepared, None)
        if copies.is_roundup(compared, len(prepared.compared.words)):
            return []
        return copies.nearest(compared) or sorted(compared, key=lambda found: -found.strength)[:1]

    def put(self, prepared: PreparedPage, revision_id: int, article_id: int, story_id: int) -> None:
        """Take in a text that is about to be stored, so that later ones are compared with it.

        A roundup is left out: a part of it would lead from one story to another.
        """
        if not prepared.comparable or copies.is_roundup(self._survey(prepared, story_id), len(prepared.compared.words)):
            return
        chosen = self._chosen[id(prepared)]
        postings = self._around(chosen)
        boilerplate = copies.boilerplate_fingerprints(postings, prepared.outlet_id, story_id)
        self._times[revision_id] = chosen.at
        self._texts[revision_id] = prepared.compared
        prefix = _bucket(chosen.at) << 32
        outlet_id = prepared.outlet_id
        for value in copies.to_keep(chosen.positions, postings, boilerplate, article_id, story_id):
            posting = Posting(value, revision_id, article_id, outlet_id, story_id)
            self._postings.setdefault(value, []).append(posting)
            self.rows.append((prefix | value, revision_id))

    def _survey(self, prepared: PreparedPage, story_id: int | None) -> list[Found]:
        """Compare the page with the likely texts; its own story does not count as boilerplate."""
        if id(prepared) not in self._surveys:
            self._load([prepared])
            chosen = self._chosen[id(prepared)]
            postings = self._around(chosen)
            boilerplate = copies.boilerplate_fingerprints(postings, prepared.outlet_id, story_id)
            worth = copies.worth_comparing(chosen.positions, postings, boilerplate)
            self._fetch(posting.revision_id for posting in worth)
            mask = boilerplate_words(chosen.positions, boilerplate, len(prepared.compared.words))
            self._surveys[id(prepared)] = [self._compare(prepared, posting, mask) for posting in worth]
        return self._surveys[id(prepared)]

    def merge(self, old: int, into: int) -> None:
        """Treat story *old* as *into* for the rest of the batch."""
        self._merged[old] = into

    def story(self, story_id: int) -> int:
        """Return the story into which this one was merged, or itself."""
        while story_id in self._merged:
            story_id = self._merged[story_id]
        return story_id

    def _compare(self, prepared: PreparedPage, posting: Posting, boilerplate: bytes) -> Found:
        overlap = compare(prepared.compared, self._texts[posting.revision_id], boilerplate)
        reason = copies.match(overlap, same_outlet=posting.outlet_id == prepared.outlet_id)
        return Found(posting, overlap, reason)

    def _around(self, chosen: _Chosen) -> list[Posting]:
        """Return the postings of the page's fingerprints that were published around its time."""
        begins, ends = chosen.at - copies.WINDOW, chosen.at + copies.WINDOW
        return [
            posting._replace(story_id=self.story(posting.story_id)) if posting.story_id in self._merged else posting
            for value in chosen.positions
            for posting in self._postings.get(value, ())
            if begins <= self._times[posting.revision_id] <= ends
        ]

    def _load(self, pages: Sequence[PreparedPage]) -> None:
        """Look the pages' fingerprints up, and fetch the texts that share most of them."""
        fresh = [prepared for prepared in pages if id(prepared) not in self._chosen]
        self._chosen |= {id(prepared): _choose(prepared) for prepared in fresh}
        self._look_up_all(fresh)

    def _look_up_all(self, fresh: Sequence[PreparedPage]) -> None:
        if not fresh:
            return
        self._look_up([self._chosen[id(prepared)] for prepared in fresh])
        likely: set[int] = set()
        for prepared in fresh:
            likely |= {posting.revision_id for posting in self._likely(prepared, _LIKELY)}
        self._fetch(likely)

    def _likely(self, prepared: PreparedPage, most: int) -> list[Posting]:
        chosen = self._chosen[id(prepared)]
        return copies.worth_comparing(chosen.positions, self._around(chosen), frozenset(), most)

    def _look_up(self, chosen: Sequence[_Chosen]) -> None:
        latest = self._conn.execute(_LATEST).scalar()
        if latest is None:
            return
        last = latest >> 32
        keys = {
            bucket << 32 | value
            for page in chosen
            for bucket in range(_bucket(page.at - copies.WINDOW), min(_bucket(page.at + copies.WINDOW), last) + 1)
            for value in page.positions
        }
        rows = self._conn.execute(_POSTINGS, {"keys": array_of(sorted(keys))}).all()
        by_revision = {row.id: row for row in self._conn.execute(_REVISIONS, {"ids": list({row[1] for row in rows})})}
        for number, row in by_revision.items():
            self._times[number] = placed_at(row.date_published, row.captured_at)
        for key, revision_id in rows:
            whose = by_revision.get(revision_id)
            if whose and (key, revision_id) not in self._seen:
                posting = Posting(key & _LOW, revision_id, whose.article_id, whose.outlet_id, whose.story_id)
                self._postings.setdefault(key & _LOW, []).append(posting)
                self._seen.add((key, revision_id))

    def _fetch(self, revision_ids: Iterable[int]) -> None:
        missing = [number for number in set(revision_ids) if number not in self._texts]
        if missing:
            for row in self._conn.execute(_TEXTS, {"ids": missing}):
                self._texts[row.id] = Compared.of(row.headline, row.body)


def _choose(prepared: PreparedPage) -> _Chosen:
    positions = fingerprints(prepared.compared.words)
    for headline in headline_fingerprints(prepared.compared.heading):
        positions.setdefault(headline, len(prepared.compared.words))
    return _Chosen(placed_at(prepared.article.date_published, prepared.page.fetched_at), positions)


def _bucket(at: datetime) -> int:
    return (at - _EPOCH) // _BUCKET


_LOW = 0xFFFFFFFF

_LATEST = text("select max(key) from fingerprints")

_POSTINGS = text(
    "select key, revision_id from fingerprints where key = any(cast(:keys as bigint[])) order by revision_id"
)

_REVISIONS = text("""
select r.id, r.article_id, a.outlet_id, a.story_id, r.date_published, r.captured_at
from revisions r join articles a on a.id = r.article_id where r.id = any(cast(:ids as bigint[]))
""")

_TEXTS = text("""
select r.id, r.headline, t.body from revisions r join texts t on t.digest = r.text_digest
where r.id = any(cast(:ids as bigint[]))
""")
