"""Read one page: its text as labelled blocks, and the fields around it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from crawler.extraction.authors import find_authors
from crawler.extraction.container import call_captions, find_container, settle_hints, story_end, weigh
from crawler.extraction.fields import find_canonical, find_image, find_section, find_tags
from crawler.extraction.headline import find_headline, meta_value, site_names
from crawler.extraction.jsonld import Claims, read_claims
from crawler.extraction.labels import Labeller, with_gallery_captions, with_lead
from crawler.extraction.language import find_language
from crawler.extraction.page_bytes import affordable, as_utf8
from crawler.extraction.page_kind import find_flags, refuse_non_articles
from crawler.extraction.publication_dates import find_dates
from crawler.extraction.scripted_text import with_claimed_text, with_scripted_text
from crawler.extraction.side_boxes import without_strays
from crawler.extraction.walk import ParsedPage, read_blocks
from news.article import Article, Block, Label
from news.ruleset import READING_RULES


def read_page(
    html: bytes | str,
    url: str,
    *,
    now: datetime | None = None,
    encoding: str | None = None,
    remove: Sequence[str] = (),
    keep: Sequence[str] = (),
    timezone: str | None = None,
) -> Article:
    """The article on the page at *url*, every block of the page labelled, in page order.

    `now` is what "3 hrs ago" counts from (in UTC when it has no zone), `encoding` what the HTTP header says, `remove`
    and `keep` are CSS selectors of boxes that are never, or always, part of the text, `timezone` the outlet's zone
    (told by address and language when it is None).

    Raises NotAnArticle when the page has no text or is something else (an error, a wall, a list), PageTooCostly when
    parsing it would take too long, SettingError for a selector that cannot be read.
    """
    if now is not None and now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    utf8 = affordable(as_utf8(html, encoding))
    page = read_blocks(utf8, remove, keep)
    claims = read_claims(page.scripts)
    settle_hints(page, weigh(page))
    sites = site_names(page, claims, url)
    headline, shown, evidence = find_headline(page, claims, sites)
    blocks = with_scripted_text(with_claimed_text(_label(page, shown, claims.body), claims.body), utf8, headline)
    blocks = with_lead(blocks, _descriptions(page, claims))
    refuse_non_articles(page, claims, headline, blocks, url)
    read = Article(url, headline, blocks=blocks, evidence=tuple(evidence), rules=READING_RULES)
    return _with_fields(page, claims, sites, read, now, timezone)


def _label(page: ParsedPage, headline: str | None, claim: str) -> tuple[Block, ...]:
    end = story_end(page, headline)
    container = find_container(page, end)
    call_captions(page, container)  # they vote for the box around them
    labelled = without_strays(tuple(Labeller(page, container, end, headline).label()), page, container, claim)
    return with_gallery_captions(labelled, page, container)


def _descriptions(page: ParsedPage, claims: Claims) -> tuple[str, ...]:
    return claims.description, meta_value(page, "og:description"), meta_value(page, "description")


def _headline_at(blocks: Sequence[Block]) -> int:
    """Where the headline stands: the last one above the text, since trails and menus repeat it further up."""
    text = next((n for n, block in enumerate(blocks) if block.label is Label.BODY), len(blocks))
    shown = [n for n, block in enumerate(blocks) if block.label is Label.HEADLINE]
    above = [n for n in shown if n < text]
    return above[-1] if above else next(iter(shown), 0)


def _text_end(blocks: Sequence[Block]) -> int:
    """Where the text's last block stands; -1 when there is none."""
    return next((n for n in range(len(blocks) - 1, -1, -1) if blocks[n].label is Label.BODY), -1)


def _with_fields(
    page: ParsedPage, claims: Claims, sites: frozenset[str], read: Article, now: datetime | None, timezone: str | None
) -> Article:
    at = _headline_at(read.blocks)
    paragraphs = read.paragraphs
    authors, said_authors = find_authors(page, claims, sites, at, _text_end(read.blocks))
    published, modified, said_dates = find_dates(page, claims, read.url, now, at, timezone)
    language, said_language = find_language(page, claims, " ".join(paragraphs[:8]))
    return Article(
        url=read.url,
        headline=read.headline,
        lead=" ".join(block.text for block in read.blocks if block.label is Label.LEAD) or None,
        blocks=read.blocks,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=language,
        section=find_section(page, claims, sites, read.headline or ""),
        tags=find_tags(page, claims),
        image=find_image(page, claims, read.url, at),
        canonical_url=find_canonical(page, read.url),
        flags=find_flags(page, claims, read, authors),
        evidence=(*read.evidence, *said_authors, *said_dates, *said_language),
        rules=READING_RULES,
    )
