"""Says as what a page is compared with the archive; the comparison itself is part of the archive's transaction."""

from dataclasses import replace

from crawler.page import Page
from crawler.pipelines.stage import Stage
from news.article import Flag
from news.dispositions import Disposition
from news.outlets import OnPaywall
from news.urls import believed_canonical


class SamenessPipeline(Stage):
    """Settles which address stands for the article, and leaves out stubs where the outlet's entry says so."""

    def process_item(self, page: Page) -> Page:
        article = page.article
        if article is None:
            return page
        if Flag.PAYWALLED in article.flags and self.job.outlet.on_paywall is OnPaywall.SKIP:
            return page.ended(Disposition.SKIPPED, "paywall")
        return page.read_as(replace(article, canonical_url=believed_canonical(article.url, article.canonical_url)))
