"""Reads the article on a page."""

import logging
from dataclasses import replace

from crawler.page import Page
from crawler.pipelines.stage import Stage
from crawler.reading import read_for
from crawler.safety.failures import reason_of
from news.article import Article, Flag
from news.dispositions import Disposition
from news.errors import NotAnArticle, PageTooCostly

logger = logging.getLogger(__name__)


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
