"""An article that is removed leaves no byte in the data folder, and the next crawl of its outlet does not store it."""

import gzip
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.database import archive_engine, embedded_server
from archive.home import open_home
from crawler.runner import crawl
from crawler.targets import CrawlOptions
from news.dispositions import Disposition
from tests.cli.conftest import Newskeep
from tests.site import Site, story

RARE = "Quarzlampenfieb"  # as search has it; not in its address or headline, which feeds and other pages repeat
QUICK = CrawlOptions(delay=0)


def files_with(folder: Path, word: str) -> set[str]:
    """Return the files below the folder that contain the word, also packed as gzip."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.name.endswith(".warc.gz") else b""
            if re.search(word.encode(), data, re.IGNORECASE):
                found.add(str(path.relative_to(folder)))
    return found


@pytest.mark.slow
def test_no_byte_of_a_removed_article_stays_and_no_crawl_brings_it_back(
    newskeep: Newskeep, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEWSKEEP_CONTACT", "tests@example.org")
    monkeypatch.setenv("NEWSKEEP_ALLOW_NETWORKS", "127.0.0.0/8")
    links = "".join(f'<h2><a href="/town/{name}">A story about the {name} here</a></h2>' for name in ("one", "two"))
    site.put("/", f"<!doctype html><html lang='en'><body>{links}</body></html>")
    site.article("/town/one", "The bridge opens today", f"{RARE} was there.", *story("bridge")[:3])
    site.article("/town/two", "The council votes late", *story("budget"))
    home = open_home()
    try:
        with archive_engine(home) as engine:
            crawl(home, engine, [site.url("/")], QUICK)
            with engine.connect() as conn:
                conn.execute(text("checkpoint"))
        assert any("/base/" in name for name in files_with(home.path, RARE)), files_with(home.path, RARE)
        assert any(name.startswith("captures") for name in files_with(home.path, RARE))

        assert newskeep("remove", site.url("/town/one"), "--reason", "takedown", "--yes").code == 0

        assert files_with(home.path, RARE) == set()
        with archive_engine(home) as engine:
            [again] = crawl(home, engine, [site.url("/")], QUICK)
            [named] = crawl(home, engine, [site.url("/town/one")], QUICK)
        assert again.ledger
        assert again.ledger.balanced
        assert again.ledger.reasons[Disposition.SKIPPED, "removed"] == 1
        assert named.ledger
        assert named.ledger.reasons[Disposition.SKIPPED, "removed"] == 1
        assert files_with(home.path, RARE) == set()
        assert newskeep("verify").code == 0
    finally:
        embedded_server(home).stop()
