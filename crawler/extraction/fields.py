"""The fields of an article, one row each in FIELDS, and the extractors that have no module of their own.

A new field is a row in FIELDS with its extractor, and an attribute of `news.article.Article`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from crawler.extraction.authors import find_authors
from crawler.extraction.class_hints import Hint
from crawler.extraction.jsonld import Claims
from crawler.extraction.language import find_language
from crawler.extraction.page_kind import find_flags
from crawler.extraction.publication_dates import find_dates
from crawler.extraction.walk import ParsedPage, Piece
from news.article import Block, Evidence, Flag, Image, Label
from news.text import ends_sentence, fold

CREDIT = re.compile(
    r"(?:©|\(c\)|(?:photo|image|picture|foto|bild|fotografía|imagen|fot\.|zdjęcie|photograph|crédit|credit|quelle|source)s?(?:\s?(?:credit|by|von|:|/))+)\s*(.{2,100})$|\(([^()]{2,60}/[^()]{2,60})\)\s*$",
    re.IGNORECASE,
)
_MAKER_AND_AGENCY = re.compile(r"[^/,;:!?]{3,40}\s?/\s?[^/,;:!?]{2,40}")  # "A. Smith/Agency"
_LONGEST_CREDIT, _WORDS_OF_CREDIT = 100, 10  # characters, words
_NO_SECTION = re.compile(  # the site itself, or the section of articles without a section
    r"all|allgemein|uncategori[sz]ed|non classé|sin categor[ií]a|(?:senza|sem) categoria|geen categorie|bez kategorii"
    r"|home\W*|startseite|accueil|in[ií]cio|homepage|start|index|news|nachrichten|hjem|etusivu|anasayfa|.*\bnavigation",
    re.IGNORECASE,
)
_MOST_TAGS = 30
_NEAR = 15  # blocks below the headline
LANGUAGE_PARAGRAPHS = 8  # enough to recognise the language
_SECTION_META = (
    "article:section",
    "section",
    "parsely-section",
    "sailthru.section",
    "cxenseparse:section",
    "category",
    "og:article:section",
)
# Several tags in one text; "Business, Finance, & Economics" is a single tag.
_TAG_LIST = re.compile(r"[^,]+(?:,(?!\s*(?:&|and\b|und\b|et\b|y\b))[^,]+){2,}")
_TAG_PREFIX = re.compile(r"^(?:nlp )?(?:category|topic|subject|tag|keyword|section|subsection)\s?:\s?", re.IGNORECASE)
# Numbers, identifiers, paths and settings: tags that are meant for programs.
_FOR_MACHINES = re.compile(
    r"^\d{5,}$|^[0-9a-f]{8}-[0-9a-f]{4}-|^[/_]|^\S*_\S*$|^[\w-]+[:/]\S*\d{4,}$"
    r"|^(?:(?:page|article|content|display|nlp) ?-?\w+(?: tokens)?|type|day|time|wc|partner|language|locale|sitegroup"
    r"|adnode|hasproduct|shorttitle)\s?:",
    re.IGNORECASE,
)


@dataclass
class PageContext:
    """What the extractors read: the page, its JSON-LD, its labelled blocks. They add to `evidence`."""

    page: ParsedPage
    claims: Claims
    sites: frozenset[str]  # folded names of the outlet
    headline: str | None
    blocks: tuple[Block, ...]
    evidence: list[Evidence]
    now: datetime | None = None
    timezone: str | None = None  # the outlet's own
    announced: datetime | None = None  # by the feed

    @cached_property
    def headline_position(self) -> int:
        """The position of the last headline above the text, since breadcrumbs and menus repeat it further up.

        A heading counts before other lines: a bar or a list below the byline may repeat it.
        """
        text = next((n for n, block in enumerate(self.blocks) if block.label is Label.BODY), len(self.blocks))
        headlines = [n for n, block in enumerate(self.blocks) if block.label is Label.HEADLINE]
        above = [n for n in headlines if n < text]
        marked = [n for n in above if self.blocks[n].tag == "h1"]
        return (marked or above)[-1] if above else next(iter(headlines), 0)

    @cached_property
    def text_end(self) -> int:
        """The position of the last block of the text; -1 when there is none."""
        positions = range(len(self.blocks) - 1, -1, -1)
        return next((n for n in positions if self.blocks[n].label is Label.BODY), -1)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The texts of the body's blocks."""
        return tuple(block.text for block in self.blocks if block.label is Label.BODY)

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """The names of the authors."""
        names, evidence = find_authors(self.page, self.claims, self.sites, self.headline_position, self.text_end)
        self.evidence += evidence
        return names

    @cached_property
    def dates(self) -> tuple[datetime | None, datetime | None]:
        """When the article was published, and when it was modified."""
        published, modified, evidence = find_dates(
            self.page, self.claims, self.now, self.headline_position, self.timezone, self.announced
        )
        self.evidence += evidence
        return published, modified


def find_lead(context: PageContext) -> str | None:
    """Return the blocks labelled as lead, in one text."""
    return " ".join(block.text for block in context.blocks if block.label is Label.LEAD) or None


def language_of(context: PageContext) -> str | None:
    """Return the two-letter code of the language."""
    text = " ".join(context.paragraphs[:LANGUAGE_PARAGRAPHS])
    language, evidence = find_language(context.page, context.claims, text)
    context.evidence += evidence
    return language


def flags_of(context: PageContext) -> frozenset[Flag]:
    """Return the flags: paywalled, partial, live blog, agency."""
    return find_flags(context.page, context.claims, context.headline or "", context.paragraphs, context.authors)


def find_section(context: PageContext) -> str | None:
    """Return the section as the page names it, else the first step of its breadcrumb trail that is not the site."""
    page, sites = context.page, context.sites
    named = context.claims.section or page.meta_value(*_SECTION_META)
    categories = (text.strip(" ›") for rel, text in page.tag_links if "category" in rel)  # WordPress links them so
    steps = (
        step
        for step in (*context.claims.trail, *categories)
        if not _NO_SECTION.fullmatch(step) and not _names_site(step, sites)
    )
    candidates = (section.strip(" -–|/>") for section in (named.split(",")[0], *steps))
    headline = context.headline or ""
    return next((section[:100] for section in candidates if _is_section(section, sites, headline)), None)


def _names_site(step: str, sites: frozenset[str]) -> bool:
    return any(len(site) > 3 and site in fold(step) for site in sites)


def _is_section(section: str, sites: frozenset[str], headline: str) -> bool:
    if not any(c.isalpha() for c in section) or section.startswith("http") or len(section) > 100:
        return False
    return fold(section) not in sites and fold(section) != fold(headline)


def find_tags(context: PageContext) -> tuple[str, ...]:
    """Return the key words, each once, in the page's order."""
    page = context.page
    texts = list(context.claims.keywords) or [content for name, content in page.meta if name == "article:tag"]
    if not texts:
        texts = page.meta_value("news_keywords", "keywords", "parsely-tags", "sailthru.tags").split(",")
    if not any(map(fold, texts)):
        texts = [text.strip(" #") for rel, text in page.tag_links if rel.split() == ["tag"]]
    tags: dict[str, str] = {}
    parts = (part for text in texts for part in (text.split(",") if _TAG_LIST.fullmatch(text) else [text]))
    for tag in (_TAG_PREFIX.sub("", " ".join(part.split())) for part in parts):
        if fold(tag) and len(tag) <= 100 and not _FOR_MACHINES.search(tag):
            tags.setdefault(fold(tag), tag)
    return tuple(tags.values())[:_MOST_TAGS]


def find_image(context: PageContext) -> Image | None:
    """Return the leading picture, with the caption and the credit nearest to the headline.

    It is the one that the page names for sharing, else the first one in a figure.
    """
    page, claims, position = context.page, context.claims, context.headline_position
    named = page.meta_value("og:image:secure_url", "og:image", "twitter:image", "twitter:image:src") or claims.image
    source = page.absolute(named) or page.absolute(_first_in_figure(page, position))
    if source is None:
        return None
    near = [p for p in page.pieces[position : position + _NEAR] if _is_caption(p)]
    caption = next((p.text for p in near if len(p.text) > 10 and not _is_credit(p)), claims.image_caption)
    credit_line = next((p.text for p in near if _is_credit(p)), "")
    return Image(
        source,
        caption[:1000] or None,
        (_credit_in(caption) or _bare_credit(credit_line) or claims.image_credit)[:200] or None,
    )


def _first_in_figure(page: ParsedPage, headline_position: int) -> str:
    """Return the address of the first picture in a figure near the headline, also where a script would load it."""
    for position, box, node in page.pictures:
        around = box.tag == "figure" or (box.parent is not None and box.parent.tag == "figure")
        if around and headline_position <= position <= headline_position + _NEAR:
            sources = (node.attributes.get(name) or "" for name in ("data-src", "src"))
            return next((source for source in sources if source and not source.startswith("data:")), "")
    return ""


def _credit_in(caption: str) -> str:
    """Return the credit at the caption's end; "PHOTO: A bridge in May, seen from the town." begins with a label."""
    found = CREDIT.search(caption)
    if found is None or (found.start() == 0 and caption.endswith(".") and len(caption.split()) > _WORDS_OF_CREDIT):
        return ""
    return _closed(found[1] or found[2])


def _bare_credit(text: str) -> str:
    found = CREDIT.match(text)
    return _closed(found[1] or found[2]) if found else text


def _is_credit(piece: Piece) -> bool:
    """Return whether the line names the maker of the picture and nothing else."""
    text = piece.text
    if len(text) > _LONGEST_CREDIT or ends_sentence(text):
        return False
    return "credit" in piece.box.names.lower() or bool(CREDIT.match(text)) or bool(_MAKER_AND_AGENCY.fullmatch(text))


def _closed(credit: str) -> str:
    """Return *credit* without a closing bracket that was opened before it: "(Photo: A. Smith)"."""
    return credit.strip().removesuffix(")").rstrip() if "(" not in credit else credit.strip()


def _is_caption(piece: Piece) -> bool:
    return bool((piece.box.effective_hints | piece.hints) & Hint.CAPTION) and len(piece.text) > 4


def find_canonical(context: PageContext) -> str | None:
    """Return the absolute address that the page declares as its own; not verified."""
    page = context.page
    declared = next((href for rel, href in page.links if "canonical" in rel.split() and href), "")
    return page.absolute(declared or page.meta_value("og:url"))


class Field(NamedTuple):
    """A field: its attribute of Article, its key in the JSON of `newskeep extract`, and its extractor."""

    name: str
    key: str
    extract: Callable[[PageContext], object]


# In the order of their evidence and of their JSON keys.
FIELDS = (
    Field("authors", "authors", lambda context: context.authors),
    Field("date_published", "published_at", lambda context: context.dates[0]),
    Field("date_modified", "modified_at", lambda context: context.dates[1]),
    Field("language", "language", language_of),
    Field("lead", "lead", find_lead),
    Field("section", "section", find_section),
    Field("tags", "tags", find_tags),
    Field("image", "image", find_image),
    Field("canonical_url", "canonical_url", find_canonical),
    Field("flags", "flags", flags_of),
)


def extract_fields(context: PageContext) -> dict[str, Any]:
    """Return the value of each field, by the name of its attribute of Article."""
    return {name: extract(context) for name, _, extract in FIELDS}
