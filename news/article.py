"""The article: every block of a page's text with its label, and the fields around them.

Fields are named as in schema.org NewsArticle, in snake case. Nothing here reads a page; `crawler.extraction` does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Label(StrEnum):
    """What a block of text is. Only BODY blocks are the article's text."""

    HEADLINE = "headline"
    LEAD = "lead"
    BODY = "body"
    CAPTION = "caption"
    BYLINE = "byline"
    DATE = "date"
    TEASER = "teaser"  # about another article
    PROMO = "promo"  # about the outlet itself
    RELATED = "related"  # "read more" links inside or after the text
    COMMENT = "comment"
    AD = "ad"
    NAVIGATION = "navigation"
    LEGAL = "legal"  # imprint, copyright, consent
    WIDGET = "widget"  # share buttons, players, polls
    OTHER = "other"


class Flag(StrEnum):
    """A state of an article that a reader of the archive must know."""

    PAYWALLED = "paywalled"
    PARTIAL = "partial"
    LIVE_BLOG = "live_blog"
    AGENCY = "agency"
    WITHDRAWN = "withdrawn"  # its address answered 404, 410 or 451; what it said before is kept
    PAYWALLED_LATER = "paywalled_later"  # its address shows only the beginning by now; what it said before is kept


# Never part of the text and never near it: a page's chrome is in the capture, not among the removed blocks.
CHROME = frozenset({Label.NAVIGATION, Label.LEGAL})
STORY_PARTS = frozenset({Label.HEADLINE, Label.LEAD, Label.BODY})


class Block(NamedTuple):
    """One block of visible text and what it was taken for.

    `rule` names what gave the label, `score` (0 to 1) says how sure it is. `tag` is the element that held the text,
    `link_share` the share (0 to 1) of its characters that stand inside links, `hints` the class and id words around it
    where it was taken for text. A tuple, since a page has hundreds: a frozen dataclass takes four times as long.
    """

    text: str
    label: Label = Label.BODY
    rule: str = ""
    score: float = 1.0
    tag: str = "p"
    link_share: float = 0.0
    hints: str = ""

    def relabelled(self, label: Label, rule: str, score: float) -> "Block":
        """Return the same text under another label."""
        return self._replace(label=label, rule=rule, score=score)


@dataclass(frozen=True, slots=True)
class Image:
    """The article's leading picture."""

    url: str
    caption: str | None = None
    credit: str | None = None


LAST_CHANGE = "last change"
ANNOUNCED = "feed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was found: `field`, `source` (json-ld, og, meta, microdata, url, feed, visible, ...), raw value.

    A `date_published` from the source LAST_CHANGE is no more than the day of the last change. One from ANNOUNCED is
    what a feed or sitemap says; it counts where the page has none.
    """

    field: str
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says: the text as labelled blocks in page order, and its fields.

    Times carry a zone; `date_published` is what the page says, never a guess; else what its feed says, else the day
    of the last change, and `evidence` names ANNOUNCED or LAST_CHANGE as its source.
    """

    url: str
    headline: str | None = None
    lead: str | None = None
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: Image | None = None
    canonical_url: str | None = None  # as the page declares it, absolute, not yet believed
    flags: frozenset[Flag] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    rules: str = field(default="", compare=False)  # version of the rule set that read it

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The article's own text, in page order."""
        return tuple(block.text for block in self.blocks if block.label is Label.BODY)

    @property
    def body(self) -> str:
        """The paragraphs, separated by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def removed(self) -> tuple[Block, ...]:
        """The removed blocks in page order, without navigation and legal lines."""
        return tuple(block for block in self.blocks if block.label not in STORY_PARTS | CHROME)

    @property
    def teasers(self) -> tuple[Block, ...]:
        """Removed blocks about other articles."""
        return tuple(block for block in self.blocks if block.label in (Label.TEASER, Label.RELATED))

    def with_blocks(self, blocks: Iterable[Block]) -> "Article":
        """Return the same article with other blocks."""
        return replace(self, blocks=tuple(blocks))


# Short ids shown to people: a1f3c is an article, s4d a story. A letter for the kind, then hexadecimal digits.
_SHORT_ID = re.compile(r"([as])([0-9a-f]{1,15})")


def short_id(kind: str, number: int) -> str:
    """Return the id for row *number*: `short_id("a", 7996)` is "a1f3c"."""
    return f"{kind}{number:x}"


def parse_id(text: str) -> tuple[str, int] | None:
    """Return the kind letter and the row number of a short id; None when *text* is no short id."""
    found = _SHORT_ID.fullmatch(text.strip().lower())
    return (found[1], int(found[2], 16)) if found else None
