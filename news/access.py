"""Access states: what stands between readers and an outlet's pages, and whether it reserves text and data mining.

A crawl collects signs of them in an `AccessLog`; `archive.access` makes a history of it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from news.rule_ids import WordedEnum


class AccessState(WordedEnum):
    """The closed set of states, each with its words for people."""

    PAYWALL = "paywall", "articles show only their beginning to readers who do not pay"
    CONSENT = "consent", "pages ask for consent and show nothing else"
    CHALLENGE = "challenge", "pages check the browser and show nothing else"
    LOGIN = "login", "pages ask to log in and show nothing else"
    GEO_BLOCK = "geo_block", "pages are not shown in this country, or for legal reasons"
    REFUSED = "refused", "many pages answer HTTP 403"
    RATE_LIMIT = "rate_limit", "the site answers that there are too many requests (HTTP 429)"
    OPT_OUT = "opt_out", "the publisher reserves text and data mining, or closes the site to crawlers for AI"
    ROBOTS_CLOSED = "robots_closed", "robots.txt cannot be read or asks for too long a pause, so nothing is fetched"
    SILENT = "silent", "the site let requests run out, and a crawl left it"
    LIMIT = "limit", "a crawl reached its limit of links or of time; the rest waits"


class Source(StrEnum):
    """Where a sign was seen."""

    PAGE = "page"  # text or markup of a page
    STATUS = "status"  # HTTP status of an answer
    HEADER = "header"  # HTTP header
    META = "meta"  # meta element of a page
    ROBOTS = "robots.txt"
    TDMREP = "tdmrep.json"
    CRAWL = "crawl"  # how the crawl went


Key = tuple[AccessState, Source]

BARRIERS = frozenset(AccessState) - {AccessState.RATE_LIMIT, AccessState.SILENT, AccessState.LIMIT}
LOOKS_BEFORE_END = 20  # without a sign, where a site shows it on some pages only
_SHOWN_ON_SOME = frozenset({(AccessState.OPT_OUT, Source.HEADER), (AccessState.OPT_OUT, Source.META)})
_LEAST_SHARE = {AccessState.REFUSED: 1 / 3, AccessState.LOGIN: 1 / 3}  # of all answers: one such page is no state
_OF_WHOLE_CRAWLS = frozenset({AccessState.SILENT, AccessState.LIMIT})
_MOST_EVIDENCE = 300  # characters


@dataclass(slots=True)
class Seen:
    """What a crawl saw of one state: when first, the evidence then, and the pages that showed it."""

    evidence: str
    at: datetime
    pages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class AccessLog:
    """Signs that a crawl saw, and how many answers, articles and files could have shown one."""

    answers: int = 0  # with status 200
    articles: int = 0
    robots: int = 0
    tdmrep: int = 0
    whole: bool = False  # the crawl was of the whole outlet and came to its end
    signs: dict[Key, Seen] = field(default_factory=dict)

    def add(self, state: AccessState, source: Source, evidence: str, page: str = "") -> None:
        """Note a sign. *evidence* names the page, header, line or reason; the first is kept."""
        seen = self.signs.setdefault((state, source), Seen(evidence[:_MOST_EVIDENCE], datetime.now(UTC)))
        if page:
            seen.pages.add(page)

    def begins(self, key: Key) -> bool:
        """Whether the crawl saw enough of it to call it a state."""
        state, _ = key
        if key not in self.signs:
            return False
        pages = len(self.signs[key].pages)
        return pages >= _LEAST_SHARE.get(state, 0.0) * (self.answers + pages)

    def looks(self, key: Key) -> int:
        """Return how many times the crawl could have seen it."""
        state, source = key
        if state in _OF_WHOLE_CRAWLS:
            return int(self.whole)
        of_source = {Source.ROBOTS: self.robots, Source.TDMREP: self.tdmrep}
        return of_source.get(source, self.articles if state is AccessState.PAYWALL else self.answers)


def looks_before_end(key: Key) -> int:
    """Return after how many looks without a sign the state is over."""
    return LOOKS_BEFORE_END if key[0] is AccessState.PAYWALL or key in _SHOWN_ON_SOME else 1
