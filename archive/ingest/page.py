"""A page prepared for comparison: cleaned, with its addresses and digests."""

from dataclasses import dataclass, replace

from archive.fields import clean_article
from archive.ingest.existing import ExistingLink
from archive.ingest.fetched import FetchedPage
from news.article import Article, Flag
from news.notices import is_wall
from news.ruleset import BOILERPLATE_RULES
from news.sameness.judge import LEAST_NEAR, JudgedPage
from news.sameness.normal_forms import Compared, body_digest, letters_digest, text_digest
from news.urls import believed_canonical, canonicalise, url_key

_WALLS = frozenset({Flag.PAYWALLED, Flag.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPage(JudgedPage):
    """A page ready for comparison: the values that are judged, with the cleaned article and where they come from.

    `said` covers all that the page shows, so that no article is revised because the memory of boilerplate has learnt
    one of its lines. All else is without the lines that this memory set aside: `recurring` has the letters of those
    lines, and of such lines in the archived text. `shown` and `letters_shown` include them.
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
        """The addresses under which its article may be known."""
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
        said=text_digest(article),
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
