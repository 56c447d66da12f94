"""The date in a feed, which counts where the page has none, also when its capture is read again."""

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from archive.captures import CaptureFiles
from archive.home import Home
from crawler.outlets.file import load_outlets
from crawler.runner import crawl
from crawler.sandbox import SandboxPool
from crawler.warc_import import CaptureImporter
from tests.e2e.test_whole_crawls import QUICK, rows
from tests.site import RSS, Site, story

PATH = "/town/the-bridge-opens-today"


def test_the_date_in_the_feed_dates_a_page_that_has_none(home: Home, engine: Engine) -> None:
    with Site() as site:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in story("bridge"))
        site.put(PATH, f"<html><body><article><h1>The bridge opens today</h1>{body}</article></body></html>")
        item = f"<item><link>{site.url(PATH)}</link><pubDate>Wed, 18 Nov 2026 10:00:00 ET</pubDate></item>"
        site.put("/feed", f"<rss><channel><title>Town</title>{item}</channel></rss>", content_type=RSS)
        home.outlets_file.write_text(
            f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\nfeeds = ["{site.url("/feed")}"]\nsitemaps = []\n'
        )
        crawl(home, engine, ["town"], QUICK)
    dated = [(datetime(2026, 11, 18, 15, tzinfo=UTC),)]
    assert rows(engine, "select date_published from v_articles") == dated
    with engine.begin() as conn:
        conn.execute(text("truncate outlets cascade"))  # all of the archive but its captures
    outlets = load_outlets(home.outlets_file)
    [path] = home.captures.glob("*.warc.gz")
    with CaptureFiles(home) as files, SandboxPool() as readers, path.open("rb") as file:
        list(CaptureImporter(home, engine, files, readers, outlets, {}).take(file, path.name))
    assert rows(engine, "select date_published from v_articles") == dated
