"""The page as one walk sees it: text in page order, the boxes that hold it, and the facts in the markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from crawler.extraction.hints import Hint, hints_of
from news.errors import PageTooCostly, SettingError

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rb",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "select",
        "option",
        "datalist",
        "textarea",
        "canvas",
        "audio",
        "map",
        "area",
        "base",
        "col",
        "colgroup",
        "param",
        "source",
        "track",
        "input",
        "meta",
        "link",
        "title",
        "head",
        "rp",
        "rt",
        "-comment",
        "-doctype",
        "-document",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# What a tag alone says about the text inside it.
_TAG_HINTS = {
    "nav": Hint.NAVIGATION,
    "menu": Hint.NAVIGATION,
    "footer": Hint.NAVIGATION,
    "aside": Hint.RELATED,
    "figcaption": Hint.CAPTION,
    "figure": Hint.MEDIA,
    "caption": Hint.CAPTION,
    "button": Hint.SHARE,
    "video": Hint.MEDIA,
    "dialog": Hint.SHARE,
    "time": Hint.DATE,
    "address": Hint.BYLINE,
}
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
_PLAIN = frozenset(("b", "strong", "i", "em", "u", "small", "sub", "sup"))  # nobody hangs a class of meaning on these
_WHOLE = frozenset(("nav", "menu", "footer"))
_TEXT_TAGS = "p,h1,h2,h3,article,main,time,section,blockquote"
_TAKEN_WHOLE = Hint.NAVIGATION
_LONGEST_MENU = 3000  # characters
_LONGEST_LINE = 100  # characters without a tag in them; a longer line may be running text
_BOLD = frozenset(("b", "strong"))
_FACTS = "head > title,meta,link[rel],script[type*='ld+json' i]"
_MOST_TIMES = 60  # whose text is taken: nested ones would hold the page many times
MAX_BOXES = 60_000  # the largest news pages have 10,000
_TEXT_ITEMPROPS = frozenset(("articleBody", "reviewBody"))


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
    title: str = ""
    language: str = ""


def read_blocks(page: bytes, remove: Sequence[str] = (), keep: Sequence[str] = ()) -> Page:
    """Walk the tree of *page* (UTF-8) once; `remove` and `keep` are CSS selectors. SettingError for a bad one."""
    tree = LexborHTMLParser(page, options=LexborDocumentOptions.WO_EVENTS)  # nobody listens: a tenth faster
    told = {**_selected(tree, remove, Hint.REMOVED), **_selected(tree, keep, Hint.KEPT)} if remove or keep else {}
    return _Walk(told).run(tree)


def _selected(tree: LexborHTMLParser, selectors: Sequence[str], hint: int) -> dict[int, int]:
    try:
        return {node.mem_id: hint for selector in selectors for node in tree.css(selector)}
    except (SelectolaxError, ValueError) as error:
        raise SettingError(f"{', '.join(selectors)} is not a CSS selector") from error


class _Walk:
    """One pass over a tree, without recursion: a hostile page may be nested deeper than Python's stack."""

    def __init__(self, told: dict[int, int]) -> None:
        self.page = Page()
        self.box = Box(None, "html", "", 0, 0)
        self.page.boxes.append(self.box)
        self.holders: set[int] = set()  # elements with something in them that a text is made of
        self.told = told  # what the outlet's settings say, by node
        self.buffer: list[str] = []
        self.linked = 0  # characters of the buffer inside links
        self.bold = 0  # characters of the buffer inside bold text
        self.in_link = 0
        self.in_bold = 0
        self.in_article = 0
        self.inline: list[int] = [0]  # hints of the open inline elements, each with those around it
        self.shared = -1  # the hints that all inline text of the buffer shares

    def run(self, tree: LexborHTMLParser) -> Page:
        root = tree.root
        if root is None:
            return self.page
        self._read_facts(tree)
        self.page.language = root.attributes.get("lang") or root.attributes.get("xml:lang") or ""
        if tree.body is not None:
            self.holders = _holders(tree.body)
            self._visit(tree.body)
        self._flush()
        self.page.boxes[0].last = len(self.page.pieces)
        return self.page

    def _visit(self, top: LexborNode) -> None:
        node: LexborNode | None = top.first_child
        opened: list[str] = []
        while node is not None:
            tag = node.tag or "-comment"
            if tag == "-text":
                text = node.text_content or ""
                if not text.isspace():
                    self._text(text)
                elif self.buffer:  # half of all text nodes: the line breaks between tags
                    self.buffer.append(" ")
            elif tag not in _SKIPPED:
                child = node.first_child
                if child is None:
                    self._empty(tag, node)
                elif self._enter(tag, node):
                    opened.append(tag)
                    node = child
                    continue
            following = node.next
            while following is None and opened:
                node = node.parent
                if node is None:
                    return
                self._close(opened.pop())
                following = node.next
            node = following

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

    def _enter(self, tag: str, node: LexborNode) -> bool:
        """Open an element; False when it was taken as one piece and is closed again."""
        self._open(tag, node)
        if tag in _INLINE or not self.box.hints & _TAKEN_WHOLE or not self._take_whole(tag, node):
            return True
        self._close(tag)
        return False

    def _take_whole(self, tag: str, node: LexborNode) -> bool:
        """Take what calls itself a menu, a share bar or the like as one piece, unless a text may be in it.

        These are a third of a page's tags. Menus and the page's foot never hold the text, whatever is in them.
        """
        if tag in _WHOLE and not self.in_article:
            text = node.text(separator=" ", strip=True)
        elif node.mem_id in self.holders:
            return False
        else:
            text = node.text(separator="\n", strip=True, skip_empty=True)
            if len(text) > _LONGEST_LINE and len(max(text.split("\n"), key=len)) > _LONGEST_LINE:
                return False
        self.buffer.append(text[:_LONGEST_MENU])
        self.linked = len(self.buffer[-1])
        return True

    def _empty(self, tag: str, node: LexborNode) -> None:
        if tag == "br" and self.box.tag in HEADINGS:
            self.buffer.append(" ")
        elif tag == "time":
            self._time(node, node.attributes)
        elif tag != "img" and tag not in _INLINE:
            self._flush()

    def _open(self, tag: str, node: LexborNode) -> None:
        if tag in _PLAIN:
            self.in_bold += tag in _BOLD
            self.inline.append(self.inline[-1])
            return
        attributes = node.attributes
        if "itemprop" in attributes:
            self._prop(attributes, node)
        hints = _TAG_HINTS.get(tag, 0)
        name, mark = attributes.get("class"), attributes.get("id")
        if mark and tag in HEADINGS:  # an anchor made of the heading's own words
            mark = None
        names = (f"{name} {mark}" if name else mark) if mark else name or ""
        if names:
            hints |= hints_of(names)
        if hints & Hint.BYLINE:
            self.page.names.append((len(self.page.pieces), node))
        if tag in _INLINE:
            self._open_inline(tag, node, attributes, hints)
        else:
            self._open_box(tag, node, attributes, hints, names)

    def _open_inline(self, tag: str, node: LexborNode, attributes: dict[str, str | None], hints: int) -> None:
        if tag == "a":
            self.in_link += 1
            if "author" in (attributes.get("rel") or ""):
                hints |= Hint.BYLINE
                self.page.names.append((len(self.page.pieces), node))
        elif tag == "time":
            self._time(node, attributes)
        self.inline.append(self.inline[-1] | hints)

    def _open_box(self, tag: str, node: LexborNode, attributes: dict[str, str | None], hints: int, names: str) -> None:
        if self.buffer:
            self._flush()
        if len(attributes) > 1 or not names:
            hints |= _attribute_hints(attributes)
        if self.told:
            hints |= self.told.get(node.mem_id, 0)
        self.in_article += tag == "article"
        self.box = Box(self.box, tag, names, hints, len(self.page.pieces))
        self.page.boxes.append(self.box)
        if len(self.page.boxes) > MAX_BOXES:
            raise PageTooCostly(f"the page has more than {MAX_BOXES} boxes")

    def _close(self, tag: str) -> None:
        if tag in _INLINE:
            self.inline.pop()
            if tag == "a":
                self.in_link -= 1
            elif tag in _BOLD:
                self.in_bold -= 1
            return
        if self.buffer:
            self._flush()
        box = self.box
        self.in_article -= tag == "article"
        box.last = len(self.page.pieces)
        if box.parent is not None:
            self.box = box.parent

    def _flush(self) -> None:
        text = " ".join("".join(self.buffer).split())
        self.buffer.clear()
        if text:
            bold = self.bold > 0 and self.bold >= 0.9 * len(text)
            self.page.pieces.append(Piece(text, self.box.tag, self.box, self.linked, max(self.shared, 0), bold))
        self.linked = self.bold = 0
        self.shared = -1

    def _time(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        names = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}"
        raw = attributes.get("datetime") or (node.text() if len(self.page.times) < _MOST_TIMES else "")
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


def _holders(body: LexborNode) -> set[int]:
    """The elements (by their address) around those that a text is made of."""
    found: set[int] = set()
    for node in body.css(_TEXT_TAGS):
        at, around = node.mem_id, node.parent
        while at not in found:
            found.add(at)
            if around is None:
                break
            at, around = around.mem_id, around.parent
    return found


def _attribute_hints(attributes: dict[str, str | None]) -> int:
    """What a box's role, style and itemprop say about its text."""
    hints = _ROLE_HINTS.get(attributes.get("role") or "", 0)
    style = attributes.get("style")
    if "hidden" in attributes or (style and "none" in style and "display:none" in style.replace(" ", "")):
        hints |= Hint.HIDDEN
    if attributes.get("itemprop") in _TEXT_ITEMPROPS:
        hints |= Hint.ARTICLE
    return hints
