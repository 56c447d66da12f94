"""A page made ready for comparison: cleaned, with the addresses and digests it is compared by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from archive.captures import StoredRecord
from archive.fields import clean_article
from archive.ingest.existing import ExistingLink
from news.article import Article, Flag
from news.dispositions import Disposition
from news.notices import is_wall
from news.ruleset import BOILERPLATE_RULES
from news.sameness.judge import LEAST_NEAR, JudgedPage
from news.sameness.normal_forms import Compared, body_digest, letters_digest, text_digest
from news.urls import believed_canonical, canonicalise, url_key

# Reads the capture at (file, offset, length) again with today's rules; None when it cannot be read.
Reread = Callable[[str, int, int], Article | None]


@dataclass(frozen=True, slots=True)
class PageToStore:
    """A fetched page. With `article` its disposition is found by comparison; without, it is the given one.

    `article.url` is the address the text came from (after redirects). `record` is None for what has no capture. With
    `reread`, a text that differs only because our rules have changed since is no revision.

    Without a crawl it is imported, and may be a capture from before what the archive knows. Of an `undated` one nobody
    knows when it was captured.
    """

    link_id: int
    crawl_id: int | None
    fetched_at: datetime
    record: StoredRecord | None
    article: Article | None = None
    disposition: Disposition | None = None  # without article: SKIPPED, FAILED or UNCHANGED
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    due_at: datetime | None = None
    reread: Reread | None = None
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a page ended; what has no link has `link_id` 0.

    `article_id`, `story_id` and `revision` (number) are None where nothing of it is archived.
    """

    link_id: int
    url: str
    disposition: Disposition
    reason: str | None = None
    article_id: int | None = None
    story_id: int | None = None
    revision: int | None = None
    changes: tuple[str, ...] = ()
    removed: Mapping[str, int] = field(default_factory=dict)  # blocks set aside, by label
    evidence: Mapping[str, Any] | None = None


_WALLS = frozenset({Flag.PAYWALLED, Flag.PARTIAL})


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with its text, cleaned, and what it is compared by.

    What it said (`seen.said`) is what it shows, so that no article is revised because memory has learnt a line of it.
    All else is without what memory set aside: `recurring` are the letters of those lines, and of such lines that the
    archived text has. `shown` and `letters_shown` are as they were before.
    """

    page: PageToStore
    article: Article
    addresses: tuple[tuple[str, int], ...]  # that may stand for it, with their keys, the believed canonical one first
    seen: JudgedPage
    letters: bytes
    digest: bytes  # of the exact text
    compared: Compared
    shown: Article
    letters_shown: bytes
    recurring: frozenset[str] = frozenset()

    def remembered(self, article: Article, recurring: frozenset[str]) -> "ReadPage":
        """The page as memory reads it."""
        if article is self.article:
            return replace(self, recurring=recurring)
        body = article.body
        compared = Compared.of(article.headline, body)
        return replace(
            self,
            article=replace(article, rules=f"{article.rules} {BOILERPLATE_RULES}"),
            seen=replace(self.seen, body=body, words=len(compared.words)),
            letters=letters_digest("".join(compared.words)),
            digest=body_digest(body),
            compared=compared,
            recurring=recurring,
        )

    @property
    def keys(self) -> set[int]:
        """The addresses under which its article may be known."""
        return {key for _, key in self.addresses}

    @property
    def all_letters(self) -> tuple[bytes, ...]:
        """Without and with what memory set aside: the archive may have either."""
        return tuple(dict.fromkeys((self.letters, self.letters_shown)))

    @property
    def comparable(self) -> bool:
        """Whether its text may be looked for at other addresses."""
        return self.seen.words >= LEAST_NEAR and not self.seen.walled


def prepare(page: PageToStore, link: ExistingLink) -> ReadPage | None:
    """The page ready for comparison; None when there is no text to compare."""
    if page.article is None:
        return None
    article = clean_article(page.article)
    canonical, own = _addresses(article, link)
    canonical_key, own_key = url_key(canonical), url_key(own)
    body = article.body
    compared = Compared.of(article.headline, body)
    words = len(compared.words)
    seen = JudgedPage(
        outlet_id=link.outlet_id,
        own_key=own_key,
        canonical_key=canonical_key,
        said=text_digest(article),
        headline=article.headline,
        body=body,
        words=words,
        walled=bool(_WALLS & article.flags) or is_wall(body, words),
        undated=page.undated,
    )
    addresses = ((canonical, canonical_key), (own, own_key), (link.canonical_url, link.url_key))
    letters = letters_digest("".join(compared.words))
    return ReadPage(page, article, addresses, seen, letters, body_digest(body), compared, article, letters)


def _addresses(article: Article, link: ExistingLink) -> tuple[str, str]:
    if article.url == link.url and not article.canonical_url:
        return link.canonical_url, link.canonical_url
    try:
        return believed_canonical(article.url, article.canonical_url), canonicalise(article.url)
    except ValueError:
        return link.canonical_url, link.canonical_url
