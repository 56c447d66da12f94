"""What all stages share: they get the crawl's job from its spider."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.job import CrawlJob


class Stage:
    """One item pipeline of one crawl."""

    def __init__(self, job: CrawlJob, crawler: Crawler) -> None:
        self.job = job
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]
        return cls(job, crawler)
