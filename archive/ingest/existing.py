"""The two sides of a comparison: what the archive holds, and a page prepared for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.article_fields import clean_article
from archive.captures.index import FILE_PLACE
from archive.ingest.fetched import FetchedPage
from news.article import Article, Flag
from news.notices import is_wall
from news.ruleset import BOILERPLATE_RULES
from news.sameness.judge import LEAST_NEAR, JudgedArticle, JudgedPage
from news.sameness.normal_forms import Compared, body_digest, letters_digest, wording_digest
from news.urls import believed_canonical, canonicalise, url_key


@dataclass(frozen=True, slots=True)
class ExistingLink:
    """A link's row, as far as sameness asks for it."""

    id: int
    outlet_id: int
    url: str
    canonical_url: str
    url_key: int
    title: str | None
    article_id: int | None
    wording_digest: bytes | None
    revision: int | None
    last_fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExistingArticle:
    """An article with what is needed to write its next revision. The capture is that of the latest revision.

    `first_at` and `checked_at` are when it was first and last looked at, `state` what has become of its address.
    """

    article: JudgedArticle
    story_id: int
    lead: str | None
    revision_id: int
    valid_from: datetime
    first_at: datetime
    checked_at: datetime
    capture: tuple[str, int, int] | None
    state: Flag | None = None  # WITHDRAWN or PAYWALLED_LATER


class Existing:
    """The archived articles that a batch can meet, by id, by address and by letters."""

    def __init__(self) -> None:
        self.articles: dict[int, ExistingArticle] = {}
        self._by_key: dict[int, int] = {}
        self._by_letters: dict[bytes, list[int]] = {}

    def at(self, url_key: int) -> ExistingArticle | None:
        """Return the article at an address: its own, or a further one."""
        return self.get(self._by_key.get(url_key))

    def get(self, article_id: int | None) -> ExistingArticle | None:
        return self.articles.get(article_id) if article_id is not None else None

    def twins(self, letters: bytes) -> list[JudgedArticle]:
        """Return articles that had these letters, the earliest first."""
        return [self.articles[number].article for number in self._by_letters.get(letters, ())]

    def put(self, existing: ExistingArticle, keys: Iterable[int] = (), letters: Iterable[bytes] = ()) -> None:
        """Enter an article, or its new state."""
        self.articles[existing.article.id] = existing
        for key in (existing.article.url_key, *keys):
            self._by_key.setdefault(key, existing.article.id)
        for digest in letters:
            numbers = self._by_letters.setdefault(digest, [])
            if existing.article.id not in numbers:
                numbers.append(existing.article.id)


def load_links(conn: Connection, link_ids: Sequence[int]) -> dict[int, ExistingLink]:
    """Return the links by id."""
    rows = conn.execute(_LINKS, {"ids": list(link_ids)})
    return {row.id: ExistingLink(**row._mapping) for row in rows}


def load_existing(conn: Connection, article_ids: set[int], url_keys: set[int]) -> Existing:
    """Return the articles that pages at these addresses may be states of."""
    by_key = conn.execute(_AT_KEYS, {"keys": list(url_keys)}).all()
    existing = Existing()
    load_articles(conn, existing, article_ids | {row.article_id for row in by_key})
    for row in by_key:
        existing.put(existing.articles[row.article_id], keys=[row.url_key])
    return existing


def load_twins(conn: Connection, existing: Existing, letters: set[bytes], outlet_ids: set[int]) -> None:
    """Add the articles that had one of these texts in some revision: the earliest, also of these outlets."""
    values = {"letters": list(letters), "outlet_ids": list(outlet_ids)}
    twins = conn.execute(_TWINS, values).all() if letters else []
    load_articles(conn, existing, {row.article_id for row in twins})
    for row in twins:
        existing.put(existing.articles[row.article_id], letters=[row.letters])


def load_articles(conn: Connection, existing: Existing, article_ids: set[int]) -> None:
    """Add these articles, as far as they are not there yet."""
    missing = [number for number in article_ids if number not in existing.articles]
    if missing:
        for row in conn.execute(_ARTICLES, {"ids": missing}):
            existing.put(_existing_article(row))


def _existing_article(row: Any) -> ExistingArticle:
    article = JudgedArticle(
        id=row.id,
        outlet_id=row.outlet_id,
        url_key=row.url_key,
        wording_digests=dict(zip(row.numbers, row.digests, strict=True)),
        headline=row.headline,
        body=row.body,
        words=row.words,
        walled=not {"paywalled", "partial"}.isdisjoint(row.flags),
    )
    capture = (row.file, row.record_offset, row.record_length) if row.file else None
    state = next((flag for flag in (Flag.WITHDRAWN, Flag.PAYWALLED_LATER) if flag in row.flags), None)
    times = row.valid_from, row.first_captured_at, row.last_checked_at
    return ExistingArticle(article, row.story_id, row.lead, row.revision_id, *times, capture, state)


_LINKS = text("""
select id, outlet_id, url, canonical_url, url_key, title, article_id, wording_digest, revision, last_fetched_at
from links where id = any(cast(:ids as bigint[]))
""")

# Its own address first: another that merely led to an article does not hide the article at that address.
_AT_KEYS = text("""
select url_key, id as article_id, 0 as rank from articles where url_key = any(cast(:keys as bigint[]))
union all
select url_key, article_id, 1 from links where url_key = any(cast(:keys as bigint[])) and article_id is not null
order by rank
""")

# A text that stands in very many articles is a notice; a few of them are enough to say so. An outlet's own are asked
# for beside them: one may be the article that has moved.
_TWINS = text("""
select l.letters, found.article_id
from unnest(cast(:letters as bytea[])) as l(letters)
cross join lateral (
    select r.article_id, row_number() over (order by r.article_id) as place,
           a.outlet_id = any(cast(:outlet_ids as bigint[]))
               and row_number() over (partition by a.outlet_id order by r.article_id) <= 50 as own
    from texts t join revisions r on r.text_digest = t.digest join articles a on a.id = r.article_id
    where t.letters = l.letters group by r.article_id, a.outlet_id
) as found
where found.place <= 200 or found.own
order by found.article_id
""")

_ARTICLES = text(f"""
select a.id, a.outlet_id, a.url_key, a.story_id, a.flags, a.revision_id, a.first_captured_at, a.last_checked_at,
       r.headline, r.lead, r.valid_from, t.body, t.words, {FILE_PLACE} as file, c.record_offset, c.record_length,
       wordings.numbers, wordings.digests
from articles a
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
join readings d on d.id = r.reading_id
left join captures c on c.id = d.capture_id
left join capture_files f on f.name = c.file
cross join lateral (
    select array_agg(number order by number) as numbers, array_agg(wording_digest order by number) as digests
    from revisions where article_id = a.id
) as wordings
where a.id = any(cast(:ids as bigint[]))
""")  # noqa: S608 - put together from constants

_WALLS = frozenset({Flag.PAYWALLED, Flag.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPage(JudgedPage):
    """A page ready for comparison: the values that are judged, with the cleaned article and where they come from.

    `wording_digest` covers all that the page shows, so that no article is revised because the memory of boilerplate
    has learnt one of its lines. All else is without the lines that this memory set aside: `recurring` has the letters
    of those lines, and of such lines in the archived text. `shown` and `letters_shown` include them.
    """

    page: FetchedPage
    article: Article
    addresses: tuple[tuple[str, int], ...]  # candidates with their keys, the believed canonical one first
    letters: bytes
    digest: bytes  # of the exact text
    compared: Compared
    shown: Article
    letters_shown: bytes
    recurring: frozenset[str] = frozenset()

    def without_boilerplate(self, article: Article, recurring: frozenset[str]) -> "PreparedPage":
        """Return the page with the article as the memory of boilerplate reads it."""
        if article is self.article:
            return replace(self, recurring=recurring)
        body = article.body
        compared = Compared.of(article.headline, body)
        return replace(
            self,
            article=replace(article, rules=f"{article.rules} {BOILERPLATE_RULES}"),
            body=body,
            words=len(compared.words),
            letters=letters_digest("".join(compared.words)),
            digest=body_digest(body),
            compared=compared,
            recurring=recurring,
        )

    @property
    def keys(self) -> set[int]:
        """Keys (`url_key`) of the page's addresses."""
        return {key for _, key in self.addresses}

    @property
    def all_letters(self) -> tuple[bytes, ...]:
        """Without and with what memory set aside: the archive may have either."""
        return tuple(dict.fromkeys((self.letters, self.letters_shown)))

    @property
    def comparable(self) -> bool:
        """Whether its text may be looked for at other addresses."""
        return self.words >= LEAST_NEAR and not self.walled


def prepare(page: FetchedPage, link: ExistingLink) -> PreparedPage | None:
    """Prepare the page for comparison; None when it has no text."""
    if page.article is None:
        return None
    article = clean_article(page.article)
    canonical, own = _addresses(article, link)
    canonical_key, own_key = url_key(canonical), url_key(own)
    body = article.body
    compared = Compared.of(article.headline, body)
    words = len(compared.words)
    letters = letters_digest("".join(compared.words))
    return PreparedPage(
        outlet_id=link.outlet_id,
        own_key=own_key,
        canonical_key=canonical_key,
        wording_digest=wording_digest(article),
        headline=article.headline,
        body=body,
        words=words,
        walled=bool(_WALLS & article.flags) or is_wall(body, words),
        undated=page.undated,
        page=page,
        article=article,
        addresses=((canonical, canonical_key), (own, own_key), (link.canonical_url, link.url_key)),
        letters=letters,
        digest=body_digest(body),
        compared=compared,
        shown=article,
        letters_shown=letters,
    )


def _addresses(article: Article, link: ExistingLink) -> tuple[str, str]:
    if article.url == link.url and not article.canonical_url:
        return link.canonical_url, link.canonical_url
    try:
        return believed_canonical(article.url, article.canonical_url), canonicalise(article.url)
    except ValueError:
        return link.canonical_url, link.canonical_url
