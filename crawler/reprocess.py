"""Read archived captures again with today's rules, on all cores, and compare with what the archive has.

A reading that is stored is a reading, never a revision: the outlet has changed nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Engine, text

from archive.captures import read_record
from archive.captures.index import FILE_PLACE
from archive.home import Home
from archive.ingest.boilerplate_memory import BoilerplateMemory
from archive.ingest.existing import PreparedPage, load_existing, load_links, prepare
from archive.ingest.fetched import FetchedPage
from archive.ingest.rows import Rows, block_rows, lock_texts, reading_row, take_many_ids, text_row, write_rows
from crawler.reading import end_of
from crawler.sandbox import SandboxPool
from news.article import Article
from news.errors import ArticleError, BodyTooLarge, CaptureDamaged
from news.outlets import Outlet
from news.reasons import Reason
from news.ruleset import READING_RULES
from news.sameness.differences import share_in_common
from news.sameness.revisions import Wording, changes

_BATCH = 200  # revisions; memory of boilerplate is asked once for each batch


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read again: all, or the revisions of these `articles`; `again` also what today's rules have read."""

    articles: tuple[int, ...] | None = None
    again: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the SQL statements."""
        articles = list(self.articles) if self.articles is not None else None
        return {"articles": articles, "again": self.again, "rules": READING_RULES}


@dataclass(frozen=True, slots=True)
class ArchivedRevision:
    """A revision as the archive has it, and the capture that it was read from."""

    id: int
    article_id: int
    outlet: str
    number: int
    link_id: int
    headline: str | None
    lead: str | None
    body: str
    rules: str
    capture_id: int
    file: str
    record_offset: int
    record_length: int


@dataclass(frozen=True, slots=True)
class Reread:
    """A revision read again: its new reading (`page`), or the `reason` why there is none.

    `changes` are the kinds of difference (news.sameness.revisions), `similarity` is the share (0 to 1) of each three
    words in a row that both texts have.
    """

    revision: ArchivedRevision
    page: PreparedPage | None = None
    reason: str | None = None
    changes: tuple[str, ...] = ()
    similarity: float = 1.0


@dataclass(slots=True)
class Drift:
    """How far today's rules are from what is archived."""

    read: int = 0
    changed: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)  # by reason
    kinds: dict[str, int] = field(default_factory=dict)  # kinds of change, by revisions that have it
    similarities: float = 0.0  # summed

    def add(self, reread: Reread) -> None:
        """Count a revision that was read again."""
        if reread.reason:
            self.unreadable[reread.reason] = self.unreadable.get(reread.reason, 0) + 1
            return
        self.read += 1
        self.changed += bool(reread.changes)
        self.similarities += reread.similarity
        for kind in reread.changes:
            self.kinds[kind] = self.kinds.get(kind, 0) + 1

    @property
    def share_changed(self) -> float:
        """Share (0 to 1) of the texts that differ."""
        return self.changed / self.read if self.read else 0.0

    @property
    def similarity(self) -> float:
        """Mean similarity (0 to 1) of old and new texts."""
        return self.similarities / self.read if self.read else 1.0


def count_revisions(conn: Connection, selection: Selection) -> int:
    """Count the revisions that are still to be read."""
    return int(conn.scalar(_COUNT, selection.values) or 0)


def reprocess(
    engine: Engine,
    home: Home,
    readers: SandboxPool,
    outlets: Mapping[str, Outlet],
    selection: Selection,
    *,
    dry_run: bool = False,
) -> Iterator[list[Reread]]:
    """Read the selection again, batch after batch; store each batch unless *dry_run*, and yield it.

    *outlets* have the selectors and time zones, by name. What today's rules have read already is left out, so that an
    interrupted run goes on. Raises ArchiveUnavailable, StoreUnavailable.
    """
    started: tuple[list[ArchivedRevision], list[_Task]] = ([], [])
    after = 0
    while True:
        with engine.connect() as conn:  # the next batch is being read while the last one is compared and stored
            revisions = _revisions(conn, selection, after)
        waiting, started = started, (revisions, [_start(home, readers, outlets, each) for each in revisions])
        if waiting[0]:
            yield _finish(engine, *waiting, dry_run=dry_run)
        if not revisions:
            return
        after = revisions[-1].id


@dataclass(frozen=True, slots=True)
class _Task:
    """A page whose article is being read; without one, the `reason`."""

    page: FetchedPage | None = None
    article: Future[Article] | None = None
    reason: str | None = None


def _revisions(conn: Connection, selection: Selection, after: int) -> list[ArchivedRevision]:
    rows = conn.execute(_REVISIONS, selection.values | {"after": after, "most": _BATCH})
    return [ArchivedRevision(**row._mapping) for row in rows]


def _start(home: Home, readers: SandboxPool, outlets: Mapping[str, Outlet], revision: ArchivedRevision) -> _Task:
    try:
        capture = read_record(home, revision.file, revision.record_offset, revision.record_length)
        body = capture.decoded_body(home.settings["FETCH_MAX_BYTES"])
    except BodyTooLarge:
        return _Task(reason=Reason.TOO_LARGE)
    except CaptureDamaged:
        return _Task(reason=Reason.DAMAGED)
    page = replace(FetchedPage.captured(capture, body), link_id=revision.link_id)
    return _Task(page, readers.start(page, outlets[revision.outlet]))


def _finish(
    engine: Engine, revisions: Sequence[ArchivedRevision], tasks: Sequence[_Task], *, dry_run: bool
) -> list[Reread]:
    """Compare the new readings with the archive, boilerplate set aside, and store them."""
    read = [_article(task) for task in tasks]
    with engine.connect() as conn:
        pages = _without_boilerplate(conn, [page for page in read if isinstance(page, FetchedPage)], revisions)
    done = [
        Reread(revision, reason=page) if isinstance(page, str) else _compared(revision, pages.get(id(page)))
        for revision, page in zip(revisions, read, strict=True)
    ]
    if not dry_run:
        _store(engine, done)
    return done


def _article(task: _Task) -> FetchedPage | str:
    """Return the page with its article, or the reason why there is none."""
    if task.article is None or task.page is None:
        return task.reason or Reason.UNREADABLE
    try:
        return replace(task.page, article=task.article.result(), body=b"")
    except (ArticleError, RuntimeError) as error:
        end = end_of(error)
        return str(end[1]) if end else Reason.UNREADABLE


def _without_boilerplate(
    conn: Connection, pages: Sequence[FetchedPage], revisions: Sequence[ArchivedRevision]
) -> dict[int, PreparedPage]:
    """Prepare the pages as a crawl does, in the light of what the outlet's other articles show; by id of the page."""
    links = load_links(conn, [page.link_id for page in pages])
    known = [page for page in pages if page.link_id in links]
    prepared = {id(page): ready for page in known if (ready := prepare(page, links[page.link_id]))}
    keys = {key for each in prepared.values() for key in each.keys}
    memory = BoilerplateMemory(conn, load_existing(conn, {each.article_id for each in revisions}, keys), links)
    return dict(zip(prepared, memory.read(list(prepared.values())), strict=True))


def _compared(revision: ArchivedRevision, page: PreparedPage | None) -> Reread:
    if page is None:
        return Reread(revision, reason=Reason.NOT_ARTICLE)
    old = Wording.from_body(revision.headline, revision.lead, revision.body)
    kinds = changes(old, Wording.of(page.article))
    return Reread(revision, page, None, kinds, share_in_common(revision.body, page.body) if kinds else 1.0)


def _store(engine: Engine, done: Sequence[Reread]) -> None:
    """Store the readings of one batch, as far as their captures are still in the archive."""
    with engine.begin() as conn:
        lock_texts(conn)
        there = set(conn.scalars(_THERE, {"ids": [each.revision.capture_id for each in done]}))
        new = [(each.page, each.revision) for each in done if each.page and each.revision.capture_id in there]
        rows = Rows()
        for (page, revision), reading_id in zip(new, take_many_ids(conn, "readings", len(new)), strict=True):
            rows.texts[page.digest] = text_row(page)
            rows.readings.append(reading_row(page, reading_id, revision.capture_id))
            rows.blocks += block_rows(page, reading_id)
        write_rows(conn, rows)


_SELECTED = """
from revisions r
join articles a on a.id = r.article_id
join outlets o on o.id = a.outlet_id
join texts t on t.digest = r.text_digest
join readings d on d.id = r.reading_id
join captures own on own.id = d.capture_id
join captures c on c.id = coalesce(own.revisit_of, own.id)
join links l on l.url_key = own.url_key
left join capture_files f on f.name = c.file
where (cast(:articles as bigint[]) is null or r.article_id = any(cast(:articles as bigint[])))
  and (:again or not exists (
      select from readings x where x.capture_id = own.id and split_part(x.rules, ' ', 1) = :rules
  ))
"""

_COUNT = text(f"select count(*) {_SELECTED}")

_REVISIONS = text(f"""
select r.id, r.article_id, o.name as outlet, r.number, l.id as link_id, r.headline, r.lead, t.body, d.rules,
       own.id as capture_id, {FILE_PLACE} as file, c.record_offset, c.record_length
{_SELECTED} and r.id > :after order by r.id limit :most
""")

_THERE = text("select id from captures where id = any(cast(:ids as bigint[])) for key share")
