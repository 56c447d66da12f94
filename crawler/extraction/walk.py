"""Walk a page's tree once and return its text in page order, its boxes, and the facts in its markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from crawler.extraction.markup import BOLD, BOX, HEADINGS, INLINE, PLAIN, SKIPPED, TAGS, TEXT, Hint, Tag, hints_of
from news.errors import PageTooCostly, SettingError
from news.text import UNSEEN, without_unseen

_ROLE_HINTS = {
    "navigation": Hint.NAVIGATION,
    "contentinfo": Hint.NAVIGATION,
    "banner": Hint.NAVIGATION,
    "search": Hint.SHARE,
    "complementary": Hint.RELATED,
    "dialog": Hint.SHARE,
    "alertdialog": Hint.SHARE,
    "button": Hint.SHARE,
}
_WHOLE = frozenset(("nav", "menu", "footer"))
_TEXT_TAGS = "p,h1,h2,h3,article,main,time,section,blockquote"
_TAKEN_WHOLE = Hint.NAVIGATION
_LONGEST_MENU = 3000  # characters
_LONGEST_LINE = 100  # characters without a tag in them; a longer line may be running text
_FACTS = "head > title,meta,link[rel],script[type*='ld+json' i]"
_MOST_TIMES = 60  # whose text is taken: nested ones would hold the page many times
_MOST_TERMS, _MOST_PICTURES = 60, 100
MAX_BOXES = 60_000  # the largest news pages have 10,000
# Names for those who test the site: all that is left where class names are made by machines.
_TESTED = frozenset(("data-testid", "data-test-id", "data-test", "data-component"))
_TEXT_ITEMPROPS = frozenset(("articleBody", "reviewBody"))


def read_blocks(page: bytes, remove: Sequence[str] = (), keep: Sequence[str] = ()) -> ParsedPage:
    """Walk the tree of *page* (UTF-8) once; `remove` and `keep` are CSS selectors. SettingError for a bad one."""
    tree = LexborHTMLParser(page, options=LexborDocumentOptions.WO_EVENTS)  # nobody listens: a tenth faster
    told = {**_selected(tree, remove, Hint.REMOVED), **_selected(tree, keep, Hint.KEPT)} if remove or keep else {}
    read = _Walk(told).run(tree)
    read.source = page
    return read


def _selected(tree: LexborHTMLParser, selectors: Sequence[str], hint: int) -> dict[int, int]:
    try:
        return {node.mem_id: hint for selector in selectors for node in tree.css(selector)}
    except (SelectolaxError, ValueError) as error:
        raise SettingError(f"{', '.join(selectors)} is not a CSS selector") from error


class _Walk:
    """What is open at the place where the walk stands, and the page as far as it was seen."""

    def __init__(self, told: dict[int, int]) -> None:
        self.page = ParsedPage()
        self.box = Box(None, "html", "", 0, 0)
        self.page.boxes.append(self.box)
        self.told = told  # what the outlet's settings say, by node
        self.buffer: list[str] = []
        self.linked = 0  # characters of the buffer inside links
        self.bold = 0  # characters of the buffer inside bold text
        self.in_link = 0
        self.anchored = False  # does the heading link to its own place on the page
        self.in_bold = 0
        self.in_article = 0
        self.inline: list[int] = [0]  # hints of the open inline elements, each with those around it
        self.shared = -1  # the hints that all inline text of the buffer shares

    def run(self, tree: LexborHTMLParser) -> ParsedPage:
        root = tree.root
        if root is None:
            return self.page
        self._read_facts(tree)
        self.page.language = root.attributes.get("lang") or root.attributes.get("xml:lang") or ""
        if tree.body is not None:
            self._visit(tree.body)
        self._flush()
        self.page.boxes[0].last = len(self.page.pieces)
        return self.page

    def _visit(self, top: LexborNode) -> None:
        tags = TAGS
        node = top.first_child
        opened: list[tuple[Tag, LexborNode]] = []
        while node is not None:
            tag = tags.get(node.tag_id) or tags.of(node)
            kind = tag.kind
            if kind == TEXT:
                if not node.is_empty_text_node:
                    self._text(node.text_content or "")
                elif self.buffer:  # half of all text nodes: the line breaks between tags
                    self.buffer.append(" ")
            elif kind != SKIPPED:
                child = node.first_child
                if child is None:
                    self._empty(tag, node)
                elif self._enter(tag, node):
                    opened.append((tag, node))
                    node = child
                    continue
            node = node.next
            while node is None and opened:
                tag, node = opened.pop()
                self._close(tag)
                node = node.next

    def _text(self, text: str) -> None:
        if self.box.tag == "pre" and "\n\n" in text:
            for part in text.split("\n\n"):
                self._flush()
                self._inline_text(part)
            return
        self._inline_text(text)

    def _inline_text(self, text: str) -> None:
        if self.in_link:
            self.linked += len(text)
        if self.in_bold:
            self.bold += len(text)
        self.shared &= self.inline[-1]
        self.buffer.append(text)

    def _empty(self, tag: Tag, node: LexborNode) -> None:
        if tag.name == "br" and self.box.tag in HEADINGS:
            self.buffer.append(" ")
        elif tag.name == "time":
            self._time(node, node.attributes)
        elif tag.name == "img":
            self.box.pictured = True
            if len(self.page.pictures) < _MOST_PICTURES:
                self.page.pictures.append((len(self.page.pieces), self.box, node))
        elif tag.kind == BOX:
            self._flush()

    def _enter(self, tag: Tag, node: LexborNode) -> bool:
        """Open an element; False when it was taken as one piece and is closed again."""
        if tag.kind == PLAIN:
            self.in_bold += tag.name in BOLD
            self.inline.append(self.inline[-1])
            return True
        attributes = node.attributes
        hints, names = self._named(tag, node, attributes) if attributes else (tag.hints, "")
        if hints & Hint.BYLINE:
            self.page.names.append((len(self.page.pieces), node))
        if tag.kind == INLINE:
            self._open_inline(tag.name, node, attributes, hints)
            return True
        self._open_box(tag.name, node, attributes, hints, names)
        if not self.box.hints & _TAKEN_WHOLE or not self._take_whole(tag.name, node):
            return True
        self._close(tag)
        return False

    def _named(self, tag: Tag, node: LexborNode, attributes: dict[str, str | None]) -> tuple[int, str]:
        """What the element's tag, class and id say, and the two as one text."""
        if "itemprop" in attributes:
            self._prop(attributes, node)
        name, mark = attributes.get("class"), attributes.get("id")
        if mark and tag.name in HEADINGS:  # an anchor made of the heading's own words
            mark = None
        names = (f"{name} {mark}" if name else mark) if mark else name
        hints = tag.hints | hints_of(names) if names else tag.hints
        if tag.kind == BOX and (len(attributes) > 1 or not names) and not _TESTED.isdisjoint(attributes):
            for known in _TESTED.intersection(attributes):
                hints |= hints_of(attributes[known] or "")
        return hints, names or ""

    def _open_inline(self, name: str, node: LexborNode, attributes: dict[str, str | None], hints: int) -> None:
        if name == "a":
            self.in_link += 1
            if self.box.tag in HEADINGS and _leads_to_itself(attributes):
                self.anchored = True
            rel = attributes.get("rel") or ""
            if "author" in rel:
                hints |= Hint.BYLINE
                self.page.names.append((len(self.page.pieces), node))
            elif "tag" in rel and len(self.page.terms) < _MOST_TERMS:
                self.page.terms.append((rel, node.text()))
        elif name == "time":
            self._time(node, attributes)
        self.inline.append(self.inline[-1] | hints)

    def _open_box(self, name: str, node: LexborNode, attributes: dict[str, str | None], hints: int, names: str) -> None:
        if self.buffer:
            self._flush()
        page = self.page
        if attributes and (not names or len(attributes) > 1):
            hints |= _attribute_hints(attributes)
        if self.told:
            hints |= self.told.get(node.mem_id, 0)
        if name == "article":
            self.in_article += 1
        if name == "table" and self.box.tag == "figure":
            self.box.hints &= ~Hint.MEDIA  # a table with its caption, no picture
        self.box = Box(self.box, name, names, hints, len(page.pieces))
        page.boxes.append(self.box)
        if len(page.boxes) > MAX_BOXES:
            raise PageTooCostly(f"the page has more than {MAX_BOXES} boxes")

    def _take_whole(self, name: str, node: LexborNode) -> bool:
        """Take what calls itself a menu, a share bar or the like as one piece, unless a text may be in it.

        These are a third of a page's tags. Menus and the page's foot never hold the text, whatever is in them.
        """
        if name in _WHOLE and not self.in_article:
            text = node.text(separator=" ", strip=True)
        elif node.css_first(_TEXT_TAGS) is not None:
            return False
        else:
            text = node.text(separator="\n", strip=True, skip_empty=True)
            if len(text) > _LONGEST_LINE and len(max(text.split("\n"), key=len)) > _LONGEST_LINE:
                return False
        self.buffer.append(text[:_LONGEST_MENU])
        self.linked = len(self.buffer[-1])
        return True

    def _close(self, tag: Tag) -> None:
        if tag.kind == BOX:
            if self.buffer:
                self._flush()
            box = self.box
            if tag.name == "article":
                self.in_article -= 1
            box.last = len(self.page.pieces)
            if box.parent is not None:
                self.box = box.parent
                if box.pictured:
                    self.box.pictured = True
            return
        self.inline.pop()
        if tag.name == "a":
            self.in_link -= 1
        elif tag.name in BOLD:
            self.in_bold -= 1

    def _flush(self) -> None:
        text = " ".join("".join(self.buffer).split())
        self.buffer.clear()
        if not text.isascii() and ("\u00ad" in text or text[0] in UNSEEN or text[-1] in UNSEEN):
            text = without_unseen(text)
        if text:
            bold = self.bold > 0 and self.bold >= 0.9 * len(text)
            linked = 0 if self.anchored else self.linked
            self.page.pieces.append(Piece(text, self.box.tag, self.box, linked, max(self.shared, 0), bold))
        self.linked = self.bold = 0
        self.anchored = False
        self.shared = -1

    def _time(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        names = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}"
        if "pubdate" in attributes:
            names += " pubdate"
        raw = attributes.get("datetime") or attributes.get("content")
        raw = raw or (node.text() if len(self.page.times) < _MOST_TIMES else "")
        self.page.times.append((raw, names, len(self.page.pieces)))

    def _prop(self, attributes: dict[str, str | None], node: LexborNode) -> None:
        content = attributes.get("content") or attributes.get("datetime") or ""
        self.page.props.append((attributes["itemprop"] or "", content, node))

    def _read_facts(self, tree: LexborHTMLParser) -> None:
        for node in tree.css(_FACTS):
            attributes = node.attributes
            if node.tag == "meta":
                self._meta(attributes)
            elif node.tag == "link":
                self.page.links.append(((attributes["rel"] or "").lower(), attributes.get("href") or ""))
            elif node.tag == "script":
                self.page.scripts.append(node.text())
            else:
                self.page.title = self.page.title or " ".join(node.text().split())

    def _meta(self, attributes: dict[str, str | None]) -> None:
        content = attributes.get("content")
        if content:
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = attributes.get(key)
                if name:
                    name = name.lower().strip()
                    self.page.meta.append((name, content.strip()))
                    self.page.said.setdefault(name, content.strip())


def _leads_to_itself(link: dict[str, str | None]) -> bool:
    """True for a link within the page, and for one to the place that it marks itself."""
    href = link.get("href") or ""
    return "#" in href and (href[0] == "#" or href.endswith(f"#{link.get('id')}"))


def _attribute_hints(attributes: dict[str, str | None]) -> int:
    """What a box's role, style and itemprop say about its text."""
    hints = _ROLE_HINTS.get(attributes.get("role") or "", 0)
    style = attributes.get("style")
    if "hidden" in attributes or (style and "none" in style and "display:none" in style.replace(" ", "")):
        hints |= Hint.HIDDEN
    if attributes.get("itemprop") in _TEXT_ITEMPROPS:
        hints |= Hint.ARTICLE
    return hints


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
class ParsedPage:
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
