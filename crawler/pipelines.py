"""Reads the article on a page."""

import logging
from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from crawler.job import CrawlJob
from crawler.reading import Page, Rereader, read_for
from crawler.safety.failures import reason_of
from news.article import Article, Flag
from news.dispositions import Disposition
from news.errors import NotAnArticle, PageTooCostly
from news.outlets import OnPaywall
from news.teasers import remove_teasers
from news.urls import believed_canonical

logger = logging.getLogger(__name__)


class Stage:
    """One item pipeline of one crawl."""

    def __init__(self, job: CrawlJob, crawler: Crawler) -> None:
        self.job = job
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]
        return cls(job, crawler)


class ExtractPipeline(Stage):
    """Page -> page with its article, every block of text labelled; a page without one ends here with its reason."""

    def process_item(self, page: Page) -> Page:
        if page.disposition:
            return page
        try:
            with self.job.mark.on(page.link.id):
                return page.read_as(self._read(page))
        except NotAnArticle:
            return page.ended(Disposition.SKIPPED, "not_article")
        except PageTooCostly:
            return page.ended(Disposition.FAILED, "page_too_costly")
        except Exception as error:
            logger.exception("page_unreadable", extra={"url": page.url})
            return page.ended(Disposition.FAILED, reason_of(error))

    def _read(self, page: Page) -> Article:
        article = read_for(self.job.outlet, page.body, page.url, page.received_at, page.encoding)
        return replace(article, flags=article.flags | {Flag.PARTIAL}) if page.broke_off else article


class TeaserPipeline(Stage):
    """A second look, at the text alone; what is set aside stays with the article, with its rule and score."""

    def process_item(self, page: Page) -> Page:
        if page.article is None:
            return page
        cleaned = remove_teasers(page.article)
        self.crawler.stats.inc_value("teasers/removed", len(cleaned.teasers))
        return page.read_as(cleaned)


class SamenessPipeline(Stage):
    """Settles which address stands for the article, and leaves out stubs where the outlet's entry says so."""

    def process_item(self, page: Page) -> Page:
        article = page.article
        if article is None:
            return page
        if Flag.PAYWALLED in article.flags and self.job.outlet.on_paywall is OnPaywall.SKIP:
            return page.ended(Disposition.SKIPPED, "paywall")
        return page.read_as(replace(article, canonical_url=believed_canonical(article.url, article.canonical_url)))


class ArchivePipeline(Stage):
    """Stores what the other stages made of a page and says how its link ended."""

    async def process_item(self, page: Page) -> Page:
        outcome = await self.job.batches.add(page, Rereader(self.job.home, self.job.outlet))
        self.crawler.stats.inc_value(f"links/{outcome.disposition}")
        headline = page.article.headline if page.article else page.link.title
        self.job.listener.link_ended(self.job, outcome, headline, outcome.removed)
        return page.ended(outcome.disposition, outcome.reason)
