"""The memory of one crawl stays below 600 MiB, whatever the site sends."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from archive.home import Home
from tests.e2e.test_whole_crawls import page_of_links, rows
from tests.site import Site, story

MOST_MIB = 600
PRINTS_PEAK = """
from cli.main import main
try:
    main()
finally:
    status = dict(line.split(":") for line in open("/proc/self/status"))
    print(status["VmHWM"].split()[0])  # kB
"""


@pytest.mark.slow
def test_pages_and_feeds_as_large_as_is_allowed(home: Home, engine: Engine) -> None:
    size = home.settings["FETCH_MAX_BYTES"] - 10_000
    with Site() as site:
        pages = [f"/town/large-page-{number}-of-the-town" for number in range(24)]
        feeds = [f"/feed-{number}.xml" for number in range(4)]
        for path in pages:
            site.article(path, f"News of {path}", *story(path), extra=f"<!--{'x' * size}-->")
        for path in feeds:
            site.feed(path, pages[0], title=f"<![CDATA[{'z' * size}]]>")
        links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in feeds)
        site.put("/", page_of_links(*pages).replace("<title>", f"{links}<title>"))
        command = [sys.executable, "-c", PRINTS_PEAK, "crawl", site.url("/"), "-q"]
        environment = {**os.environ, "CRAWL_DELAY_SECONDS": "0"}
        printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert rows(engine, "select count(*) from v_articles") == [(24,)]
    assert int(printed.split()[-1]) / 1024 < MOST_MIB
