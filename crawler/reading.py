"""How a page becomes an article: the stages, the same for crawls, imports, `outlets test`, `extract` and rereading."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from archive.ingest.fetched import FetchedPage
from crawler.extraction.fields import LANGUAGE_PARAGRAPHS
from crawler.extraction.language import language_of_text
from crawler.extraction.page import read_page
from news.article import Article, Flag
from news.dispositions import Disposition, Ended
from news.errors import BodyTooLarge, CaptureDamaged, NewsError, NotAnArticle, PageTooCostly, PaywallStub
from news.outlets import OnPaywall, Outlet
from news.reasons import Reason
from news.teasers import remove_teasers
from news.urls import believed_canonical

Stage = Callable[[FetchedPage, Outlet], FetchedPage]

_ENDS: tuple[tuple[type[NewsError], Disposition, Reason], ...] = (
    (PaywallStub, Disposition.SKIPPED, Reason.PAYWALL),
    (NotAnArticle, Disposition.SKIPPED, Reason.NOT_ARTICLE),
    (PageTooCostly, Disposition.FAILED, Reason.PAGE_TOO_COSTLY),
    (BodyTooLarge, Disposition.SKIPPED, Reason.TOO_LARGE),
    (CaptureDamaged, Disposition.FAILED, Reason.BAD_ENCODING),
)


def extract(page: FetchedPage, outlet: Outlet) -> FetchedPage:
    """Read the article with the outlet's own selectors. Raises NotAnArticle, PageTooCostly, SettingError."""
    article = read_page(
        page.body,
        page.url,
        now=None if page.undated else page.fetched_at,
        encoding=page.encoding,
        remove=outlet.remove,
        keep=outlet.keep,
        timezone=outlet.timezone,
        announced=page.announced_at,
    )
    if page.broke_off:
        article = replace(article, flags=article.flags | {Flag.PARTIAL})
    return replace(page, article=article)


def name_language(page: FetchedPage, _: Outlet) -> FetchedPage:
    """Set the language of an article that another program has read, by its text and by what it is said to be."""
    article = _article(page)
    text = " ".join(article.paragraphs[:LANGUAGE_PARAGRAPHS])
    return replace(page, article=replace(article, language=language_of_text(text, [article.language or ""])))


def set_teasers_aside(page: FetchedPage, _: Outlet) -> FetchedPage:
    """Relabel the teasers and promos among the paragraphs; each keeps its rule and score."""
    return replace(page, article=remove_teasers(_article(page)))


def prepare_sameness(page: FetchedPage, outlet: Outlet) -> FetchedPage:
    """Set the canonical URL. Raises PaywallStub where the outlet's entry leaves paywalled pages out.

    The comparison itself is part of the archive's transaction.
    """
    article = _article(page)
    if Flag.PAYWALLED in article.flags and outlet.on_paywall is OnPaywall.SKIP:
        raise PaywallStub(f"{page.url} shows only the beginning of its article")
    return replace(page, article=replace(article, canonical_url=believed_canonical(article.url, article.canonical_url)))


NO_OUTLET = Outlet("", "")
READING: tuple[Stage, ...] = (extract, set_teasers_aside)
# for an article that another program has read
PARSED: tuple[Stage, ...] = (name_language, set_teasers_aside, prepare_sameness)
STAGES: tuple[Stage, ...] = (*READING, prepare_sameness)  # what is crawled or imported from captures passes all


def read_article(page: FetchedPage, outlet: Outlet = NO_OUTLET, stages: Sequence[Stage] = STAGES) -> Article:
    """Return the article on the page. Raises as the stages do."""
    for stage in stages:
        page = stage(page, outlet)
    return _article(page)


def end_of(error: Exception) -> Ended | None:
    """Return how a page ends whose reading raised *error*; None for an error that is not expected."""
    return next(((end, reason) for kind, end, reason in _ENDS if isinstance(error, kind)), None)


def _article(page: FetchedPage) -> Article:
    assert page.article  # `extract` is the first stage
    return page.article
