"""How links end: which are fetched, how an answer without an article ends, and whether the books balance."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from news.outlets import Outlet
from news.reasons import Reason
from news.text import unmarked_utf16

T = TypeVar("T")


class Disposition(StrEnum):
    """The one way in which a link that a crawl saw has ended."""

    NEW = "new"
    COPY = "copy"  # another outlet's text: an article of its own, joined to the story
    REVISED = "revised"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # this outlet's text at another address
    SKIPPED = "skipped"
    FAILED = "failed"


class CrawlState(StrEnum):
    """Whether a crawl runs, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a crawl saw and how it ended: `links` seen, `counts` by disposition, `reasons` by disposition and reason."""

    links: int
    counts: Mapping[Disposition, int]
    reasons: Mapping[tuple[Disposition, str], int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """True when every link seen has exactly one disposition."""
        return self.waiting == 0

    @property
    def waiting(self) -> int:
        """Links seen that have no disposition yet."""
        return self.links - sum(self.counts.values())

    def accounts_for_all(self, *, stopped: bool) -> bool:
        """Return whether every link has one disposition or, in a crawl that was *stopped*, waits for the next crawl."""
        return self.balanced or (stopped and self.waiting > 0)

    @property
    def fetched_nothing(self) -> bool:
        """True when links or channels were tried and none could be read."""
        read = sum(n for disposition, n in self.counts.items() if disposition is not Disposition.FAILED)
        return read == 0 and self.counts.get(Disposition.FAILED, 0) > 0


Ended = tuple[Disposition, str | None]

_GONE = frozenset({404, 410, 451})
_PAGES = ("html", "text/plain", "application/xml", "text/xml")
_TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"ID3",
    b"\x7fELF",
    b"%!PS",
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # ISO-2022-JP has escapes
_LAST_TAG = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_PASSING = frozenset(
    (
        Reason.TIMEOUT,
        Reason.HOST_SILENT,
        Reason.DNS,
        Reason.CONNECTION_REFUSED,
        Reason.CONNECTION_FAILED,
        Reason.CUT_OFF,
        Reason.RETRY_AFTER,
        Reason.STORE_ERROR,
    )
)
TRIES_LATER = 3  # crawls in a row that come back to a failed page
LOOK_WHATEVER = 10  # every so many meetings a page is asked for without its ETag, since ETags lie


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may be fetched. `set_aside`: crawls died twice reading it; `removed`: see archive/removal."""

    canonical_url: str
    announced_at: datetime | None
    set_aside: bool = False
    removed: bool = False


def refusal(link: Candidate, outlet: Outlet, since: datetime | None) -> str | None:
    """Return why *link* is not fetched, such as `removed`, `killed_the_crawl`, `skip_url`; None when it is."""
    if link.removed:
        return Reason.REMOVED
    if link.set_aside:
        return Reason.KILLED_THE_CRAWL
    if any(_pattern(skip).search(link.canonical_url) for skip in outlet.skip_url):
        return Reason.SKIP_URL
    if outlet.article_url and not _pattern(outlet.article_url).search(link.canonical_url):
        return Reason.ARTICLE_URL
    if since and link.announced_at and link.announced_at < since:
        return Reason.SINCE
    return None


def newest_first(times: Iterable[datetime | None]) -> list[int]:
    """Return the positions in the order to fetch: newest first, then those without a time, in their order."""
    numbered = list(enumerate(times))
    dated = sorted((pair for pair in numbered if pair[1]), key=lambda pair: -_seconds(pair[1]))
    return [number for number, _ in dated] + [number for number, time in numbered if not time]


def within_limit(new: Sequence[T], known: Sequence[T], limit: int | None) -> list[T]:
    """Return the *new* pages to fetch and, after them, the *known* ones, *limit* in all (None: every page).

    Of what both want, each gets half at least: no backlog keeps a crawl from seeing edits, nor these from ending it.
    """
    if limit is None:
        return [*new, *known]
    repeated = known[: max(limit // 2, limit - len(new))]
    return [*new[: limit - len(repeated)], *repeated]


def is_gone(status: int) -> bool:
    """Return True for a status of an address that is gone for good."""
    return status in _GONE


def without_page(status: int, content_type: str, empty: bool, has_article: bool) -> Ended | None:
    """Return how an answer ends that holds no page to read; None when there is one.

    A page of ours that is gone is a state of its address, not a failure: the article stays as it was.
    """
    if is_gone(status) and has_article:
        return Disposition.SKIPPED, f"gone_{status}"
    if status != 200:
        return Disposition.FAILED, f"http_{status}"
    if content_type and not any(kind in content_type.lower() for kind in _PAGES):
        return Disposition.SKIPPED, Reason.NOT_HTML
    if empty:
        return Disposition.FAILED, Reason.EMPTY
    return None


def is_binary(body: bytes) -> bool:
    """Return True for a body that is not text, whatever its header says: a PDF, a picture, packed bytes."""
    beginning = body[:1024]
    if beginning.startswith(_TEXT_MARKS) or unmarked_utf16(beginning):
        return False
    controls = len(_CONTROL.findall(beginning))
    return beginning.startswith(_MAGIC) or controls > max(10, len(beginning) // 20)


def unchanged(before: Disposition | None, reason: str | None, has_article: bool) -> Ended:
    """Return how a page ends that is byte for byte what it was: as before when it holds no article."""
    if not has_article and before in (Disposition.SKIPPED, Disposition.FAILED):
        return before, reason
    return Disposition.UNCHANGED, None


def put_off(before: Disposition | None, reason: str | None, has_article: bool) -> Ended:
    """Return the disposition of a page whose recheck is not due."""
    ended, why = unchanged(before, reason, has_article)
    return ended, Reason.NOT_DUE if ended is Disposition.UNCHANGED else why


def broke_off(body: bytes, end_told: bool) -> bool:
    """Return True for a page that may have broken off.

    HTTP/1.0 ends a body by ending the connection, which is what a server that dies does as well; the page's own last
    tag tells them apart.
    """
    return not end_told and not _LAST_TAG.search(body)


def comes_back(reason: str | None, attempts: int) -> bool:
    """Return True when the next crawl retries a failed page: the network or the outlet was the cause.

    *attempts* are the failures in a row before this one.
    """
    if reason is None or attempts >= TRIES_LATER:
        return False
    busy = re.fullmatch(r"(?:robots_)?http_(408|429|5\d\d)", reason)
    return bool(busy) or reason in _PASSING or (reason.startswith("robots_") and reason != Reason.ROBOTS_TXT)


def asks_conditionally(seen: int, before: Disposition | None) -> bool:
    """Return True when the request may carry the last ETag: not after a failure, which may have been ours."""
    return seen % LOOK_WHATEVER != 0 and before is not Disposition.FAILED


@lru_cache(maxsize=1000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _seconds(time: datetime | None) -> float:
    return time.timestamp() if time else 0.0
