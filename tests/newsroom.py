"""Outlets that publish the articles of a test, stored as a crawl stores them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from archive.captures import CapturedResponse, CaptureFiles
from archive.crawls import Crawl, close_crawl, open_crawl
from archive.frontier import Link, add_links
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.store import store_pages
from archive.outlets import ensure_outlet
from news.article import Article, Block, Label
from news.dispositions import Disposition
from news.outlets import FoundLink

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG = " ".join(f"Wort{number}" for number in range(40))
OTHER = " ".join(f"word{number}" for number in range(40))


class Newsroom:
    """Outlets that publish pages, each with a crawl that stores them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOW
        self.crawls: dict[str, Crawl] = {}

    def crawl(self, name: str) -> Crawl:
        if name not in self.crawls:
            with self.engine.begin() as conn:
                outlet_id = ensure_outlet(conn, name, f"https://{name}.example/")
            self.crawls[name] = open_crawl(self.engine, outlet_id, "test")
        return self.crawls[name]

    def link(self, url: str, title: str | None = None) -> Link:
        crawl = self.crawl(url.split("/")[2].split(".")[-2])
        with self.engine.begin() as conn:
            return add_links(conn, crawl.outlet_id, crawl.id, None, [FoundLink(url, title)])[0]

    def page(self, article: Article) -> FetchedPage:
        link = self.link(article.url)
        return FetchedPage(link.id, self.crawl(article.url.split("/")[2].split(".")[-2]).id, self.now, None, article)

    def store(self, *articles: Article) -> list[Outcome]:
        self.now += timedelta(hours=1)
        return store_pages(self.engine, [self.page(article) for article in articles])

    def see(self, article: Article) -> Disposition:
        return self.store(article)[0].disposition

    def store_captured(self, captures: CaptureFiles, *pages: tuple[Article, bytes]) -> list[Outcome]:
        """Store pages together with the bytes they were read from."""
        self.now += timedelta(hours=1)
        kind = (("Content-Type", "text/html; charset=utf-8"),)
        batch = [
            replace(
                self.page(article),
                record=captures.write(CapturedResponse(article.url, 200, kind, body, self.now, "OK")),
            )
            for article, body in pages
        ]
        return store_pages(self.engine, batch, captures)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def close(self) -> None:
        for crawl in self.crawls.values():
            close_crawl(self.engine, crawl)


def article(url: str = "https://krone.example/a-1", body: str = LONG, **fields: object) -> Article:
    teasers = fields.pop("teasers", ("OTHER NEWS",))
    blocks = [Block(part) for part in body.split("\n\n")]
    blocks += [Block(teaser, Label.TEASER, "timed_list", 0.987) for teaser in teasers]
    given = {"headline": "Zug entgleist", "lead": "Bei Linz.", "language": "de-AT", "rules": "1"} | fields
    return Article(url, blocks=tuple(blocks), **given)
