"""A listing's HTML as a tree, refused when it would take the parser long, and its links with what is said of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.discovery.limits import MAX_PAGE_BYTES, MAX_PAGE_LINKS, MAX_TITLE_CHARS
from crawler.discovery.tidy import absolute, plain_text
from crawler.extraction.charset import as_utf8
from crawler.extraction.guard import refuse_costly
from news.errors import SettingError

_HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]"
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MAX_CLIMB = 15


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a page: its absolute address, the words that name it, and where it stands."""

    url: str
    text: str
    in_heading: bool
    in_navigation: bool


def parse_html(body: bytes, content_type: str | None = None) -> LexborHTMLParser:
    """The tree of the first 6 MB of *body*. Raises PageTooCostly when it would take the parser seconds."""
    charset = (content_type or "").lower().partition("charset=")[2].partition(";")[0].strip("\"' ") or None
    page = as_utf8(body[:MAX_PAGE_BYTES], charset)
    refuse_costly(page)
    return LexborHTMLParser(page.decode("utf-8", "replace").replace("\x00", ""))


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """The address that relative links start from."""
    node = tree.css_first("base[href]")
    return (absolute(url, node.attributes.get("href")) if node else None) or url


def links(tree: LexborHTMLParser, url: str, selector: str = "a[href]") -> Iterator[Link]:
    """The links that *selector* matches (or holds), in page order, at most 10,000."""
    base, regions = base_of(tree, url), _Regions()
    for anchor in _anchors(tree, selector):
        target = absolute(base, anchor.attributes.get("href"))
        if target:
            heading = anchor.css_first(_HEADINGS)
            text = _words(heading) if heading else _words(anchor)
            in_heading = heading is not None or regions.in_heading(anchor)
            yield Link(target, text or _silent_text(anchor), in_heading, regions.in_navigation(anchor))


def select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """The elements that *selector* matches. Raises SettingError when it is no CSS selector."""
    try:
        return tree.css(selector)
    except SelectolaxError as error:
        raise SettingError(f"{selector!r} is not a CSS selector") from error


def _anchors(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    count = 0
    for node in select(tree, selector):
        for anchor in [node] if node.tag == "a" else node.css("a[href]"):
            count += 1
            if count > MAX_PAGE_LINKS:
                return
            yield anchor


def _words(node: LexborNode) -> str:
    return plain_text(node.text(deep=True, separator=" ")[: MAX_TITLE_CHARS * 4], markup=False) or ""


def _silent_text(anchor: LexborNode) -> str:
    """What a link without text says to those who cannot see its picture."""
    image = anchor.css_first("img[alt]")
    said = anchor.attributes.get("title") or anchor.attributes.get("aria-label")
    return plain_text(said or (image.attributes.get("alt") if image else None), markup=False) or ""


class _Regions:
    """Where on the page a node stands; each element's answer is remembered, since neighbours share their ancestors."""

    _NAVIGATION_TAGS = frozenset({"nav", "footer"})
    _NAVIGATION_WORDS = frozenset(
        {"nav", "navi", "navigation", "navbar", "menu", "menue", "footer", "breadcrumb", "breadcrumbs", "submenu"}
    )

    def __init__(self) -> None:
        self._navigation: dict[int, bool] = {}

    def in_heading(self, node: LexborNode) -> bool:
        """True when the node stands in a heading, as `<h2><a>`."""
        for _ in range(3):
            parent = node.parent
            if parent is None:
                return False
            if parent.tag in _HEADING_TAGS:
                return True
            node = parent
        return False

    def in_navigation(self, node: LexborNode, climb: int = _MAX_CLIMB) -> bool:
        """True when the node or one of its nearest ancestors is a menu, a footer or a breadcrumb."""
        if climb == 0 or node.tag in ("body", "html", "article", "main", None):
            return False
        key = node.mem_id
        if key not in self._navigation:
            parent = node.parent
            self._navigation[key] = self._is_navigation(node) or (
                parent is not None and self.in_navigation(parent, climb - 1)
            )
        return self._navigation[key]

    def _is_navigation(self, node: LexborNode) -> bool:
        if node.tag in self._NAVIGATION_TAGS:
            return True
        attributes = node.attributes
        if attributes.get("role") in ("navigation", "menu", "menubar", "contentinfo"):
            return True
        hints = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()[:500]
        words = hints.replace("-", " ").replace("_", " ").split()
        return not self._NAVIGATION_WORDS.isdisjoint(words)
