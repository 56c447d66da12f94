"""Scrapy's item pipelines: one stage each, in the order of ITEM_PIPELINES."""

import logging
from contextlib import nullcontext
from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.ingest.fetched import FetchedPage
from crawler.batch_writer import Rereader
from crawler.job import CrawlJob
from crawler.reading import Stage, end_of, extract, prepare_sameness, set_teasers_aside
from crawler.safety.failures import reason_of
from news.access import AccessState, Source
from news.article import Flag
from news.dispositions import Disposition
from news.errors import NotAnArticle

logger = logging.getLogger(__name__)


class Pipeline:
    """A pipeline of one crawl, which gets the crawl's job from its spider."""

    def __init__(self, job: CrawlJob, crawler: Crawler) -> None:
        self.job = job
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job: CrawlJob | None = getattr(crawler.spider, "job", None)
        if job is None:
            raise NotConfigured  # `scrapy shell`, `fetch` and other commands that archive nothing
        return cls(job, crawler)


class StagePipeline(Pipeline):
    """Runs one stage of `crawler.reading`; a page that cannot be read ends here with its reason."""

    stage: Stage

    def process_item(self, page: FetchedPage) -> FetchedPage:
        if page.disposition:
            return page
        try:
            return self.stage(page, self.job.outlet)
        except Exception as error:
            if isinstance(error, NotAnArticle) and error.wall:
                self.job.note_access(_address(page), error.wall, Source.PAGE, page.url)
            if end := end_of(error):
                return page.ended(*end)
            logger.exception("page_unreadable", extra={"url": page.url})
            return page.ended(Disposition.FAILED, reason_of(error))


class ExtractPipeline(StagePipeline):
    """Read the article, with the page's crash marker set."""

    stage = staticmethod(extract)

    def process_item(self, page: FetchedPage) -> FetchedPage:
        with self.job.mark.on(page.link_id) if not page.disposition else nullcontext():
            page = super().process_item(page)
        if page.article:
            self.job.tally.access.articles += 1
            if Flag.PAYWALLED in page.article.flags:
                self.job.note_access(_address(page), AccessState.PAYWALL, Source.PAGE, page.url)
        return page


class TeaserPipeline(StagePipeline):
    """Set the teasers aside and count them."""

    stage = staticmethod(set_teasers_aside)

    def process_item(self, page: FetchedPage) -> FetchedPage:
        page = super().process_item(page)
        if page.article:
            self.crawler.stats.inc_value("teasers/removed", len(page.article.teasers))
        return page


class SamenessPipeline(StagePipeline):
    """Set the canonical URL; leave paywall stubs out where the outlet's entry says so."""

    stage = staticmethod(prepare_sameness)


class ArchivePipeline(Pipeline):
    """Store the page, with others in one batch. What comes out is on disk and in the database."""

    async def process_item(self, page: FetchedPage) -> FetchedPage:
        reread = Rereader(self.job.home, self.job.outlet)
        outcome = await self.job.writer.add(replace(page, reread=reread))
        self.crawler.stats.inc_value(f"links/{outcome.disposition}")
        title = page.link.title if page.link else None
        headline = page.article.headline if page.article else title
        self.job.listener.link_ended(self.job, outcome, headline)
        return page.ended(outcome.disposition, outcome.reason)


def _address(page: FetchedPage) -> str:
    """Return the address that was asked for: a wall may stand on another site."""
    return page.link.url if page.link else page.url
