"""A page made ready for comparison: cleaned, with the addresses and digests it is compared by."""

from dataclasses import dataclass, replace

from archive.storing.cleaning import clean_article
from archive.storing.known import KnownLink
from archive.storing.pages import PageToStore
from news.article import Article, Flag
from news.compared import Compared
from news.fingerprints import body_digest, letters_digest, text_digest
from news.notices import is_wall
from news.ruleset import BOILERPLATE_RULES
from news.sameness import LEAST_NEAR, Page
from news.urls import believed_canonical, canonicalise, url_key

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
    seen: Page
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


def prepare(page: PageToStore, link: KnownLink) -> ReadPage | None:
    """The page ready for comparison; None when there is no text to compare."""
    if page.article is None:
        return None
    article = clean_article(page.article)
    canonical, own = _addresses(article, link)
    canonical_key, own_key = url_key(canonical), url_key(own)
    body = article.body
    compared = Compared.of(article.headline, body)
    words = len(compared.words)
    seen = Page(
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


def _addresses(article: Article, link: KnownLink) -> tuple[str, str]:
    if article.url == link.url and not article.canonical_url:
        return link.canonical_url, link.canonical_url
    try:
        return believed_canonical(article.url, article.canonical_url), canonicalise(article.url)
    except ValueError:
        return link.canonical_url, link.canonical_url
