"""The pretend outlets as data: what they publish at each visit, and how a crawl must end."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from news.dispositions import Disposition

VISITS = (1, 2)


@dataclass(frozen=True, slots=True)
class StoryText:
    """The text of a story, as an outlet publishes it."""

    headline: str
    lead: str
    section: str
    paragraphs: tuple[str, ...]
    author: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class PretendPage:
    """A story at an address, listed from visit `since` to visit `until`."""

    path: str
    story: str
    first: StoryText
    later: StoryText
    since: int = 1
    until: int = VISITS[-1]
    status: int = 200
    forbidden: bool = False

    def text(self, visit: int) -> StoryText:
        return self.first if visit == 1 else self.later

    def listed(self, visit: int) -> bool:
        return self.since <= visit <= self.until


@dataclass(frozen=True, slots=True)
class PretendOutlet:
    """An outlet: `layouts` is its page layout at each visit, `announces` how its pages can be found."""

    name: str
    title: str
    address: str
    language: str
    layouts: tuple[str, ...]
    announces: str
    promo: str
    pages: tuple[PretendPage, ...]

    def broken(self, visit: int) -> bool:
        """Return whether its front page, the only place with links, has lost them in a new layout."""
        return self.announces == "listing" and self.layouts[visit - 1] != self.layouts[0]

    def listed(self, visit: int) -> tuple[PretendPage, ...]:
        """Return the pages that it lists at *visit*, newest first."""
        if self.broken(visit):
            return ()
        return tuple(page for page in reversed(self.pages) if page.listed(visit))

    def moved(self) -> tuple[tuple[PretendPage, PretendPage], ...]:
        """Return pairs of pages with one story: its old address, and its address from the second visit on."""
        return tuple(
            (old, new) for old in self.pages for new in self.pages if old.story == new.story and old.until < new.since
        )


@dataclass(frozen=True, slots=True)
class Newsstand:
    """All pretend outlets, and by language the headlines for their teasers."""

    outlets: tuple[PretendOutlet, ...]
    teasers: Mapping[str, tuple[str, ...]]


def read_newsstand() -> Newsstand:
    """Read newsstand.toml."""
    data = tomllib.loads(Path(__file__).with_name("newsstand.toml").read_text(encoding="utf-8"))
    stories = {story["key"]: story for story in data["story"]}
    teasers = {language: tuple(headlines) for language, headlines in data["teasers"].items()}
    return Newsstand(tuple(_outlet(entry, stories) for entry in data["outlet"]), teasers)


def _outlet(entry: Mapping[str, Any], stories: Mapping[str, Any]) -> PretendOutlet:
    pages = tuple(_page(page, stories[page["story"]]) for page in entry["pages"])
    return PretendOutlet(**{**entry, "layouts": tuple(entry["layouts"]), "pages": pages})


def _page(entry: Mapping[str, Any], story: Mapping[str, Any]) -> PretendPage:
    values = {name: value for name, value in entry.items() if name != "edited"}
    fields = {name: value for name, value in story.items() if name not in ("key", "later")}
    first = StoryText(**fields | {"paragraphs": tuple(story["paragraphs"])})
    return PretendPage(**values, first=first, later=_edited(first, story["later"]) if entry.get("edited") else first)


def _edited(text: StoryText, later: Mapping[str, Any]) -> StoryText:
    paragraphs = list(text.paragraphs)
    if "paragraph" in later:
        paragraphs[later["paragraph"]] = later["text"]
    return replace(text, headline=later.get("headline", text.headline), paragraphs=tuple(paragraphs))


def expected_counts(newsstand: Newsstand, visit: int) -> Counter[Disposition]:
    """Return how often each disposition must occur when all outlets are crawled at *visit*, after the visits before."""
    texts: set[StoryText] = set()
    counts: Counter[Disposition] = Counter()
    for number in range(1, visit + 1):
        counts = Counter(_dispositions(newsstand, number, texts))
    return counts


def _dispositions(newsstand: Newsstand, visit: int, texts: set[StoryText]) -> Iterator[Disposition]:
    for outlet in newsstand.outlets:
        before = {page.story for page in outlet.listed(visit - 1)}
        for page in outlet.listed(visit):
            yield _disposition(page, visit, page.story in before, texts)


def _disposition(page: PretendPage, visit: int, listed_before: bool, texts: set[StoryText]) -> Disposition:
    if page.forbidden:
        return Disposition.SKIPPED
    if page.status != 200:
        return Disposition.FAILED
    if listed_before:
        if page.since == visit:
            return Disposition.MOVED
        return Disposition.UNCHANGED if page.text(visit) == page.text(visit - 1) else Disposition.REVISED
    copied = page.text(visit) in texts
    texts.add(page.text(visit))
    return Disposition.COPY if copied else Disposition.NEW
