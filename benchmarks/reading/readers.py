"""The readers to compare, with one interface: Newskeep, and the general extractors that are installed."""

import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BREAK = re.compile(r"\n+")
_MARKUP = re.compile(r"<[^>]{0,2000}>")
_BLOCKS = re.compile(
    r"</?(?:p|div|br|li|h[1-6]|blockquote|section|article|td|tr|ul|ol|pre)\b[^>]{0,2000}>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """The fields that a reader found on a page."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    day: str = ""
    lang: str = ""


Reader = Callable[[bytes, str], Found]


def readers() -> Iterator[tuple[str, Reader]]:
    """Return Newskeep's reader, then those of the packages that are installed."""
    yield "newskeep", _newskeep()
    for name, (module, make) in _RIVALS.items():
        if importlib.util.find_spec(module):
            yield name, make()


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _BREAK.split(text or "") if part.strip())


def _newskeep() -> Reader:
    from crawler.extraction.page import read_page
    from news.teasers import remove_teasers

    def read(page: bytes, url: str) -> Found:
        article = remove_teasers(read_page(page, url))
        day = article.date_published.date().isoformat() if article.date_published else ""
        return Found(article.headline or "", article.paragraphs, article.authors, day, article.language or "")

    return read


def _trafilatura(**options: bool) -> Reader:
    from trafilatura import bare_extraction  # type: ignore[import-not-found]

    def read(page: bytes, url: str) -> Found:
        found = bare_extraction(page, url=url, with_metadata=True, include_comments=False, **options)
        if found is None:
            return Found()
        authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
        return Found(found.title or "", _paragraphs(found.text), authors, found.date or "", found.language or "")

    return read


def _newspaper() -> Reader:
    from newspaper import Article  # type: ignore[import-not-found]

    def read(page: bytes, url: str) -> Found:
        article = Article(url, fetch_images=False)
        article.download(input_html=page.decode("utf-8", "replace"))
        article.parse()
        day = str(article.publish_date or "")[:10]
        return Found(article.title, _paragraphs(article.text), tuple(article.authors), day, article.meta_lang or "")

    return read


def _readability() -> Reader:
    from readability import Document  # type: ignore[import-not-found]

    def read(page: bytes, _: str) -> Found:
        document = Document(page.decode("utf-8", "replace"))
        text = _MARKUP.sub("", _BLOCKS.sub("\n", document.summary(html_partial=True)))
        return Found(document.short_title(), _paragraphs(text))

    return read


_RIVALS: dict[str, tuple[str, Callable[[], Reader]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "trafilatura, precise": ("trafilatura", lambda: _trafilatura(favor_precision=True)),
    "newspaper4k": ("newspaper", _newspaper),
    "readability": ("readability", _readability),
}
