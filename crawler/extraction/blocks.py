"""The page as one walk sees it: text in page order, the boxes that hold it, and the facts in the markup."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element: what it and its ancestors call themselves, and its pieces (`first` to `last` - 1)."""

    parent: Box | None
    tag: str
    names: str
    hints: int
    first: int
    last: int = 0
    prose: float = 0.0
    score: float = 0.0
    pictured: bool = False  # a picture is in it
    settled: int = 0  # own hints and those of the ancestors, as far as believed


@dataclass(slots=True, eq=False)
class Piece:
    """One block of text: `linked` characters of it are links, `hints` is what inline elements around all of it say."""

    text: str
    tag: str
    box: Box
    linked: int
    hints: int
    bold: bool
    prose: float = 0.0  # how much running text it is, in characters

    @property
    def link_share(self) -> float:
        return min(1.0, self.linked / len(self.text)) if self.linked else 0.0


@dataclass(slots=True)
class Page:
    """What one walk over the tree found."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)  # (name or property, content), lower-case names
    said: dict[str, str] = field(default_factory=dict)  # the first content under each of these names
    links: list[tuple[str, str]] = field(default_factory=list)  # (rel, href)
    scripts: list[str] = field(default_factory=list)  # JSON-LD
    times: list[tuple[str, str, int]] = field(default_factory=list)  # (datetime or content, itemprop, pieces before)
    props: list[tuple[str, str, LexborNode]] = field(default_factory=list)  # (itemprop, content, node)
    names: list[tuple[int, LexborNode]] = field(
        default_factory=list
    )  # (pieces before, element that may hold an author)
    terms: list[tuple[str, str]] = field(default_factory=list)  # (rel, text) of links to a tag or a category
    pictures: list[tuple[int, Box, LexborNode]] = field(default_factory=list)  # (pieces before, box, element)
    source: bytes = field(default=b"", repr=False)  # the page itself, as UTF-8
    title: str = ""
    language: str = ""
