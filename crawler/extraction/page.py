"""Read one page: label every block of its text, and extract the fields of the article."""

from collections.abc import Sequence
from datetime import UTC, datetime

from crawler.extraction.container import call_captions, find_container, resolve_hints, story_end, weigh
from crawler.extraction.fields import PageContext, extract_fields
from crawler.extraction.headline import find_headline, site_names
from crawler.extraction.jsonld import Claims, read_claims
from crawler.extraction.labels import Labeller, with_gallery_captions, with_lead
from crawler.extraction.page_bytes import affordable, as_utf8
from crawler.extraction.page_kind import refuse_non_articles
from crawler.extraction.scripted_text import with_claimed_text, with_scripted_text
from crawler.extraction.side_boxes import without_side_boxes
from crawler.extraction.walk import ParsedPage, parse_page
from news.article import Article, Block
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
    announced: datetime | None = None,
) -> Article:
    """Return the article on the page at *url*, with every block of the page labelled, in page order.

    `now` is what "3 hrs ago" counts from (UTC when it has no zone), `encoding` the charset of the HTTP header. `remove`
    and `keep` are CSS selectors of boxes that are never, or always, part of the text. `timezone` names the outlet's
    zone; when it is None, address and language decide. `announced` is the date in the feed that named the page.

    Raises NotAnArticle when the page has no text or is something else (an error, a wall, a list), PageTooCostly when
    parsing it would take too long, SettingError for an invalid selector.
    """
    if now is not None and now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    utf8 = affordable(as_utf8(html, encoding))
    page = parse_page(utf8, url, remove, keep)
    claims = read_claims(page.scripts)
    resolve_hints(page, weigh(page))
    sites = site_names(page, claims)
    headline, heading, evidence = find_headline(page, claims, sites)
    blocks = with_claimed_text(_label(page, heading, claims.body), claims.body)
    blocks = with_scripted_text(blocks, utf8, headline)
    blocks = with_lead(blocks, _descriptions(page, claims))
    refuse_non_articles(page, claims, headline, blocks)
    context = PageContext(page, claims, sites, headline, blocks, evidence, now, timezone, announced)
    fields = extract_fields(context)
    return Article(url, headline, blocks=blocks, evidence=tuple(context.evidence), rules=READING_RULES, **fields)


def _label(page: ParsedPage, heading: str | None, claim: str) -> tuple[Block, ...]:
    end = story_end(page, heading)
    container = find_container(page, end)
    call_captions(page, container)  # after the container: captions vote for the box around them
    labelled = tuple(Labeller(page, container, end, heading).label())
    return with_gallery_captions(without_side_boxes(labelled, page, container, claim), page, container)


def _descriptions(page: ParsedPage, claims: Claims) -> tuple[str, ...]:
    return claims.description, page.meta_value("og:description"), page.meta_value("description")
