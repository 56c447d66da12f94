"""The links of an HTML page, and which of them look like articles or sections."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.channels.plain_values import MAX_TITLE_CHARS, absolute, plain_text
from crawler.extraction.page_bytes import as_utf8, refuse_costly
from news.errors import SettingError
from news.outlets import FoundLink
from news.urls import same_site

MAX_PAGE_BYTES = 6_000_000
MAX_PAGE_LINKS = 10_000


class Shape(Enum):
    """What a URL looks like: an article, a section or something else."""

    NEVER = "never"  # another site, a file, or a page about the outlet
    HOME = "home"
    SECTION = "section"
    OPEN = "open"  # could be either
    ARTICLE = "article"


def _words_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|avif|bmp|tiff?|pdf|docx?|xlsx?|pptx?|zip|gz|rar|7z|exe|dmg|apk|mp[34]|m4[av]|ogg|wav|"
    r"webm|avi|mov|m3u8?|css|js|mjs|json|xml|rss|atom|txt|ics|vcf|epub|woff2?|ttf)$",
    re.IGNORECASE,
)
# Below these, nothing is an article: pages about persons and about the outlet.
_NEVER_BELOW = _words_of(
    """author authors autor autoren autorin auteur auteurs autore redakteure user users login logout signin sign-in
    signup sign-up register registrierung anmelden account konto mein-konto abo abos abonnement abonnements
    subscribe subscription subscriptions cart warenkorb suche search recherche buscar wp-admin wp-login
    wp-json wp-content cdn-cgi impressum imprint datenschutz datenschutzerklaerung privacy privacy-policy
    cookie-policy cookies agb nutzungsbedingungen terms terms-of-service terms-of-use terms-and-conditions
    legal rechtliches kontakt contact contact-us mediadaten advertise advertising hilfe help faq karriere
    careers stellenmarkt kleinanzeigen traueranzeigen share epaper e-paper static assets media-kit rss feed
    feeds sitemap barrierefreiheit accessibility unsubscribe"""
)
# Below these are lists about a subject; only a long name, a date or an id marks an article.
_RARELY_BELOW = _words_of(
    """tag tags thema themen schlagwort schlagworte schlagwoerter topic topics tema temas sujet profile profil
    newsletter newsletters shop checkout werbung jobs print drucken"""
)
# No article, but an article may be below.
_NEVER_AS_LAST = _words_of(
    """about about-us ueber-uns uber-uns archiv archive archives video videos podcast podcasts audio bilder galerie
    fotos live liveticker ticker wetter weather horoskop tv-programm team category kategorie categories page
    ressort ressorts rubrik serie serien themenseite all alle news"""
)
_ARTICLES_BELOW = _words_of("article articles artikel articulo articolo story post posts beitrag meldung")
_PAGE_FILE = re.compile(r"\.(?:html?|shtml|php|aspx?|jsp|phtml|amp|story|cms|do)$", re.IGNORECASE)
_INDEX_FILE = re.compile(r"(?:index|default)\.\w{2,5}")
_DATE = (
    r"(?:19|20)\d\d(?:(?P<by>[/-])(?:1[0-2]|0?[1-9])(?:(?P=by)(?:3[01]|[12]\d|0?[1-9]))?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)
_DATE_IN_PATH = re.compile(rf"/{_DATE}(?=[/-]|$)")
_ID = re.compile(
    r"(?:^|\D)\d{5,}(?:\D|$)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|(?:^|[-_.,~])(?:a|id|art|p|c|story)-?\d{3,}$"
)
_LETTERS_AND_DIGITS = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{10,}")
_ID_PARAMETERS = _words_of("id p a aid article articleid artikel newsid nid storyid story postid idart item")
_PAGE_NUMBER = re.compile(r"(?:page|seite|p)?-?\d{1,3}")


@lru_cache(maxsize=4096)  # each link of a page is judged twice: as an article and as a section
def shape_of(url: str, site: str) -> Shape:
    """Return what *url* alone says of a link on a page of *site*."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Shape.NEVER
    if not _is_on(site, f"{parts.scheme}://{parts.netloc}/"):
        return Shape.NEVER
    segments = [segment.lower() for segment in unquote(parts.path).split("/") if segment]
    if segments and _INDEX_FILE.fullmatch(segments[-1]):
        segments.pop()
    if _FILES.search(parts.path) or not _NEVER_BELOW.isdisjoint(_PAGE_FILE.sub("", segment) for segment in segments):
        return Shape.NEVER
    if _has_article_id(parts.query):
        return Shape.ARTICLE
    if not segments:
        return Shape.OPEN if parts.query else Shape.HOME
    return _shape_of_path(segments)


_is_on = lru_cache(maxsize=1024)(same_site)  # nearly all links of a page share an origin


def _has_article_id(query: str) -> bool:
    try:
        given = parse_qsl(query, max_num_fields=30)
    except ValueError:
        return False
    return any(name.lower() in _ID_PARAMETERS and re.search(r"\d{2,}", value) for name, value in given)


def _shape_of_path(segments: list[str]) -> Shape:
    last = _PAGE_FILE.sub("", segments[-1])
    if _names_an_article(segments, last):
        return Shape.ARTICLE
    if not _RARELY_BELOW.isdisjoint(segments) or re.fullmatch(_DATE, "/".join(segments[-3:])):
        return Shape.NEVER
    short = len(segments) <= 3 and all(len(segment) <= 30 for segment in segments)
    if last in _NEVER_AS_LAST:
        return Shape.SECTION if short else Shape.NEVER
    if len(segments) > 1 and _PAGE_NUMBER.fullmatch(segments[-1]):
        return Shape.NEVER
    is_open = last != segments[-1] or _words(last) == 3 or re.search(r"\d{3,}", last) or not last.isascii()
    return Shape.SECTION if short and not is_open else Shape.OPEN


def _names_an_article(segments: list[str], last: str) -> bool:
    path = "/" + "/".join(segments)
    date = _DATE_IN_PATH.search(path)
    if any(map(_ID.search, [*segments[:-1], last])) or (date and date.end() < len(path)):
        return True
    if not _RARELY_BELOW.isdisjoint(segments):
        return _words(last) >= 6
    if _words(last) >= (3 if last != segments[-1] else 4) or any(_words(segment) >= 6 for segment in segments[:-1]):
        return not _PAGE_NUMBER.fullmatch(last)
    below = len(segments) > 1 and not _ARTICLES_BELOW.isdisjoint(segments[:-1])
    return below or bool(_LETTERS_AND_DIGITS.fullmatch(last))


def _words(segment: str) -> int:
    return len(re.findall(r"[-_+]", segment)) + 1


_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def reads_like_headline(text: str) -> bool:
    """Return whether *text* has four words and 20 characters, or ten characters of a script without spaces."""
    return len(_WIDE.findall(text)) >= 10 or (len(text) >= 20 and len(text.split()) >= 4)


def is_article(shape: Shape, text: str, in_heading: bool, in_navigation: bool) -> bool:
    """Return whether a link may lead to an article. In doubt it does: a page that is none will be read and skipped."""
    headline = reads_like_headline(text)
    if shape is Shape.ARTICLE:
        return headline or not in_navigation
    if shape is Shape.OPEN:
        return not in_navigation and (headline or (in_heading and len(text) >= 12))
    return shape is Shape.SECTION and in_heading and headline and not in_navigation


def looks_like_article(link: "PageLink", site: str) -> bool:
    """Return whether a link's URL, words and place are those of an article on *site*."""
    return is_article(shape_of(link.url, site), link.text, link.in_heading, link.in_navigation)


def is_section(shape: Shape, text: str) -> bool:
    """Return whether a link leads to a section: a short URL with a short name."""
    return shape is Shape.SECTION and 0 < len(text) <= 40 and not reads_like_headline(text)


_HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]"
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MAX_CLIMB = 15


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link on a page: its absolute URL, its text, and its place."""

    url: str
    text: str
    in_heading: bool
    in_navigation: bool


def parse_html(body: bytes, content_type: str | None = None) -> LexborHTMLParser:
    """Return the tree of the first 6 MB of *body*. Raises PageTooCostly when it would take the parser seconds."""
    charset = (content_type or "").lower().partition("charset=")[2].partition(";")[0].strip("\"' ") or None
    page = as_utf8(body[:MAX_PAGE_BYTES], charset)
    refuse_costly(page)
    return LexborHTMLParser(page.decode("utf-8", "replace").replace("\x00", ""))


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """Return the URL that relative links start from."""
    node = tree.css_first("base[href]")
    return (absolute(url, node.attributes.get("href")) if node else None) or url


def links(tree: LexborHTMLParser, url: str, selector: str = "a[href]") -> Iterator[PageLink]:
    """Yield the links that *selector* matches or contains, in page order, at most 10,000."""
    base, regions = base_of(tree, url), _Regions()
    for anchor in _anchors(tree, selector):
        target = absolute(base, anchor.attributes.get("href"))
        if target:
            heading = anchor.css_first(_HEADINGS)
            text = _text_of(heading) if heading else _text_of(anchor)
            in_heading = heading is not None or regions.in_heading(anchor)
            yield PageLink(target, text or _alternative_text(anchor), in_heading, regions.in_navigation(anchor))


def unique_links(found: Iterable[PageLink]) -> tuple[FoundLink, ...]:
    """Return one link for each URL, with its longest words: a card links its picture, its kicker and its headline."""
    titles: dict[str, str] = {}
    for link in found:
        titles[link.url] = max(titles.get(link.url, ""), link.text, key=len)
    return tuple(FoundLink(url, title or None) for url, title in titles.items())


def select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return elements that *selector* matches. Raises SettingError when it is no CSS selector."""
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


def _text_of(node: LexborNode) -> str:
    return plain_text(node.text(deep=True, separator=" ")[: MAX_TITLE_CHARS * 4], markup=False) or ""


def _alternative_text(anchor: LexborNode) -> str:
    """Return the text of a link without words, for people who cannot see its picture."""
    image = anchor.css_first("img[alt]")
    label = anchor.attributes.get("title") or anchor.attributes.get("aria-label")
    return plain_text(label or (image.attributes.get("alt") if image else None), markup=False) or ""


class _Regions:
    """Where on the page a node stands. Answers are cached by element, since neighbours share ancestors."""

    _NAVIGATION_TAGS = frozenset({"nav", "footer"})
    _NAVIGATION_WORDS = frozenset(
        {"nav", "navi", "navigation", "navbar", "menu", "menue", "footer", "breadcrumb", "breadcrumbs", "submenu"}
    )

    def __init__(self) -> None:
        self._navigation: dict[int, bool] = {}

    def in_heading(self, node: LexborNode) -> bool:
        """Return whether the node is in a heading, as in `<h2><a>`."""
        for _ in range(3):
            parent = node.parent
            if parent is None:
                return False
            if parent.tag in _HEADING_TAGS:
                return True
            node = parent
        return False

    def in_navigation(self, node: LexborNode, climb: int = _MAX_CLIMB) -> bool:
        """Return whether the node or one of its nearest ancestors is a menu, a footer or a breadcrumb trail."""
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
