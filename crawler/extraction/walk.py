"""Walk a page's tree once and return its text in page order, its boxes, and the facts in its markup.

The walk has no recursion, since a hostile page may be nested deeper than Python's stack. It costs as much as the
parsing, so it asks each element only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from crawler.extraction.class_hints import BOLD, BOX, HEADINGS, INLINE, PLAIN, SKIPPED, TAGS, TEXT, Hint, Tag, hints_of
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
_DIALOGS = frozenset(("dialog", "alertdialog"))
_DIALOG_NAMES = ("dialog", "modal", "popup", "overlay", "lightbox")
_MENU_TAGS = frozenset(("nav", "menu", "footer"))
_TEXT_TAGS = "p,h1,h2,h3,article,main,time,section,blockquote"
_LONGEST_MENU = 3000  # characters
_LONGEST_LINE = 100  # characters without a tag in them; a longer line may be running text
_FACTS = "head > title,meta,link[rel],script[type*='ld+json' i]"
_MOST_TIMES = 60  # with their text, since nested elements would repeat the page many times
_MOST_TAG_LINKS, _MOST_PICTURES = 60, 100
_LONGEST_META = 10_000  # characters
MAX_BOXES = 60_000  # the largest news pages have 10,000
# Attributes for tests of the site: the only readable names where class names are generated.
_TEST_ATTRIBUTES = frozenset(("data-testid", "data-test-id", "data-test", "data-component"))
_TEXT_ITEMPROPS = frozenset(("articleBody", "reviewBody"))


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element, with its pieces of text: those from `first` to before `last`."""

    parent: Box | None
    tag: str
    names: str  # class and id
    hints: int  # of its own tag, names and attributes
    first: int
    last: int = 0
    prose: float = 0.0  # characters of running text
    score: float = 0.0
    pictured: bool = False  # contains a picture
    effective_hints: int = 0  # those of its own and of its ancestors that count


@dataclass(slots=True, eq=False)
class Piece:
    """One block of text: `linked` characters of it are links, `hints` are those of inline elements around all of it."""

    text: str
    tag: str
    box: Box
    linked: int
    hints: int
    bold: bool
    prose: float = 0.0  # how much running text it is, in characters

    @property
    def link_share(self) -> float:
        """The share (0 to 1) of its characters that are links."""
        return min(1.0, self.linked / len(self.text)) if self.linked else 0.0


@dataclass(slots=True)
class ParsedPage:
    """A page as one walk over its tree finds it. Positions are indexes of `pieces`."""

    url: str = ""
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    unseen: list[Box] = field(default_factory=list)  # those that readers do not see
    meta: list[tuple[str, str]] = field(default_factory=list)  # (name or property in lower case, content)
    first_meta: dict[str, str] = field(default_factory=dict)  # the first content of each name
    links: list[tuple[str, str]] = field(default_factory=list)  # (rel, href)
    scripts: list[str] = field(default_factory=list)  # JSON-LD
    times: list[tuple[str, str, int]] = field(default_factory=list)  # (datetime or content, itemprop, position)
    props: list[tuple[str, str, LexborNode]] = field(default_factory=list)  # (itemprop, content, element)
    bylines: list[tuple[int, LexborNode]] = field(default_factory=list)  # (position, element named as a byline)
    tag_links: list[tuple[str, str]] = field(default_factory=list)  # (rel, text) of links to a tag or a category
    pictures: list[tuple[int, Box, LexborNode]] = field(default_factory=list)  # (position, box, element)
    html: bytes = field(default=b"", repr=False)  # UTF-8
    title: str = ""
    language: str = ""

    def meta_value(self, *names: str) -> str:
        """Return the first meta content under one of *names*, in their order; empty when there is none."""
        for name in names:
            content = self.first_meta.get(name)
            if content:
                return " ".join(content[:_LONGEST_META].split())
        return ""

    def absolute(self, address: str) -> str | None:
        """Return the absolute form of an address on the page; None when it is no http(s) address or too long."""
        try:
            whole = urljoin(self.url, address.strip()) if address else ""
            parts = urlsplit(whole)
        except ValueError:
            return None
        return whole if parts.scheme in ("http", "https") and parts.netloc and len(whole) < 4000 else None


def parse_page(html: bytes, url: str = "", remove: Sequence[str] = (), keep: Sequence[str] = ()) -> ParsedPage:
    """Parse *html* (UTF-8) and walk its tree once.

    `remove` and `keep` are CSS selectors; a bad one raises SettingError. Raises PageTooCostly for too many boxes.
    """
    tree = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)  # without events: a tenth faster
    selected = {**_selected(tree, remove, Hint.REMOVED), **_selected(tree, keep, Hint.KEPT)} if remove or keep else {}
    return _Walk(ParsedPage(url, html=html), selected).run(tree)


def _selected(tree: LexborHTMLParser, selectors: Sequence[str], hint: int) -> dict[int, int]:
    try:
        return {node.mem_id: hint for selector in selectors for node in tree.css(selector)}
    except (SelectolaxError, ValueError) as error:
        raise SettingError(f"{', '.join(selectors)} is not a CSS selector") from error


class _Walk:
    """The elements that are open at the current place of the walk, and the page up to there."""

    def __init__(self, page: ParsedPage, selected: dict[int, int]) -> None:
        self.page = page
        self.box = Box(None, "html", "", 0, 0)
        self.page.boxes.append(self.box)
        self.selected = selected  # hints of the outlet's settings, by node
        self.buffer: list[str] = []
        self.linked = 0  # characters of the buffer inside links
        self.bold = 0  # characters of the buffer inside bold text
        self.in_link = 0
        self.anchored = False  # the heading links to its own place on the page
        self.in_bold = 0
        self.in_article = 0
        self.inline: list[int] = [0]  # hints of the open inline elements, each with those of the elements around it
        self.shared = -1  # the hints that all text in the buffer has in common

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
        """Open an element. False when it was taken as one piece and is closed again."""
        if tag.kind == PLAIN:
            self.in_bold += tag.name in BOLD
            self.inline.append(self.inline[-1])
            return True
        attributes = node.attributes
        hints, names = self._hints_and_names(tag, node, attributes) if attributes else (tag.hints, "")
        if hints & Hint.BYLINE:
            self.page.bylines.append((len(self.page.pieces), node))
        if tag.kind == INLINE:
            self._open_inline(tag.name, node, attributes, hints)
            return True
        self._open_box(tag.name, node, attributes, hints, names)
        if not self.box.hints & Hint.NAVIGATION or not self._take_whole(tag.name, node):
            return True
        self._close(tag)
        return False

    def _hints_and_names(self, tag: Tag, node: LexborNode, attributes: dict[str, str | None]) -> tuple[int, str]:
        """Return the hints of the element's tag, class and id, and class and id as one text."""
        if "itemprop" in attributes:
            self._prop(attributes, node)
        classes, id_ = attributes.get("class"), attributes.get("id")
        if id_ and tag.name in HEADINGS:  # an anchor made of the heading's own words
            id_ = None
        names = (f"{classes} {id_}" if classes else id_) if id_ else classes
        hints = tag.hints | hints_of(names) if names else tag.hints
        if tag.kind == BOX and (len(attributes) > 1 or not names) and not _TEST_ATTRIBUTES.isdisjoint(attributes):
            for attribute in _TEST_ATTRIBUTES.intersection(attributes):
                hints |= hints_of(attributes[attribute] or "")
        return hints, names or ""

    def _open_inline(self, name: str, node: LexborNode, attributes: dict[str, str | None], hints: int) -> None:
        if name == "a":
            self.in_link += 1
            if self.box.tag in HEADINGS and _leads_to_itself(attributes):
                self.anchored = True
            rel = attributes.get("rel") or ""
            if "author" in rel:
                hints |= Hint.BYLINE
                self.page.bylines.append((len(self.page.pieces), node))
            elif "tag" in rel and len(self.page.tag_links) < _MOST_TAG_LINKS:
                self.page.tag_links.append((rel, node.text()))
        elif name == "time":
            self._time(node, attributes)
        elif hints & Hint.DATE and "title" in attributes:
            self._titled_time(attributes)
        if hints & Hint.CAPTION and self.box.tag == "p" and self.buffer:
            self._flush()  # a picture's caption within a paragraph is a piece of its own
        self.inline.append(self.inline[-1] | hints)

    def _open_box(self, name: str, node: LexborNode, attributes: dict[str, str | None], hints: int, names: str) -> None:
        if self.buffer:
            self._flush()
        page = self.page
        if attributes and (not names or len(attributes) > 1):
            hints |= _attribute_hints(attributes)
        if hints & Hint.SHARE:
            hints |= _dialog_hints(attributes, hints, names)
        if self.selected:
            hints |= self.selected.get(node.mem_id, 0)
        if name == "article":
            self.in_article += 1
        if name == "table" and self.box.tag == "figure":
            self.box.hints &= ~Hint.MEDIA  # the figure holds a table, not a picture
        self.box = Box(self.box, name, names, hints, len(page.pieces))
        page.boxes.append(self.box)
        if hints & Hint.UNSEEN:
            page.unseen.append(self.box)
        if len(page.boxes) > MAX_BOXES:
            raise PageTooCostly(f"the page has more than {MAX_BOXES} boxes")

    def _take_whole(self, name: str, node: LexborNode) -> bool:
        """Take a navigation box as one piece, unless it may contain the text. Return whether it was taken.

        A third of a page's tags are in such boxes. Menus and the page's foot never contain the text.
        """
        if name in _MENU_TAGS and not self.in_article:
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
        if self.inline.pop() & Hint.CAPTION and self.box.tag == "p" and not self.inline[-1] & Hint.CAPTION:
            self._flush()
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

    def _titled_time(self, attributes: dict[str, str | None]) -> None:
        """Take the time of a microformat: <abbr class="published" title="2011-04-25T00:23:00-04:00">."""
        title = attributes["title"] or ""
        if title[:4].isdigit() and title[4:5] == "-":
            self.page.times.append((title, attributes.get("class") or "", len(self.page.pieces)))

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
                    self.page.first_meta.setdefault(name, content.strip())


def _leads_to_itself(link: dict[str, str | None]) -> bool:
    """Return whether the link leads to a place on the page, or to the place that it marks itself."""
    href = link.get("href") or ""
    return "#" in href and (href[0] == "#" or href.endswith(f"#{link.get('id')}"))


def _dialog_hints(attributes: dict[str, str | None], hints: int, names: str) -> int:
    """Return the hints of a closed dialog, and of an open one about consent."""
    if attributes.get("aria-hidden") == "true":
        return Hint.HIDDEN | Hint.UNSEEN
    if hints & Hint.LEGAL and (
        attributes.get("role") in _DIALOGS or any(map(names.lower().__contains__, _DIALOG_NAMES))
    ):
        return Hint.UNSEEN
    return Hint.NONE


def _attribute_hints(attributes: dict[str, str | None]) -> int:
    """Return the hints of a box's role, style and itemprop."""
    hints = _ROLE_HINTS.get(attributes.get("role") or "", 0)
    style = attributes.get("style")
    if "hidden" in attributes or (style and "none" in style and "display:none" in style.replace(" ", "")):
        hints |= Hint.HIDDEN | Hint.UNSEEN
    if attributes.get("itemprop") in _TEXT_ITEMPROPS:
        hints |= Hint.ARTICLE
    return hints
