"""`newskeep remove` takes an article out of rows, search and captures; a crawl does not bring it back."""

import gzip
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from warcio.archiveiterator import ArchiveIterator

from archive.captures import CaptureFiles
from archive.captures.upload import upload_finished
from archive.home import Home, find_home
from archive.removal.removal import finish_removals
from news.dispositions import Disposition
from tests.cli.conftest import URL, Newskeep
from tests.newsroom import LONG, OTHER, Newsroom, article

WHY = ("--reason", "court order")
OTHER_URL = "https://krone.example/b-2"


@pytest.fixture
def other_id(newsroom: Newsroom, home: Home, article_id: str) -> str:
    """Return the id of another article of the same outlet, captured into a file of its own and into that of a third."""
    with CaptureFiles(home) as captures:
        third = article("https://krone.example/c-3", body=OTHER.replace("word", "term"), headline="Dritte")
        newsroom.store_captured(captures, (third, b"<p>third</p>" * 99))
        (outcome,) = newsroom.store_captured(captures, (article(OTHER_URL, body=OTHER, headline="Andere"), b"<p>b</p>"))
    newsroom.close()
    newsroom.crawls.clear()
    return f"a{outcome.article_id:x}"


def bytes_of(home: Home) -> dict[str, bytes]:
    """Return the unpacked content of each capture file."""
    return {path.name: gzip.decompress(path.read_bytes()) for path in home.captures.glob("*.warc.gz")}


def count(engine: Engine, query: str) -> int:
    with engine.connect() as conn:
        return int(conn.scalar(text(query)) or 0)


def test_without_yes_nothing_is_removed(newskeep: Newskeep, engine: Engine, home: Home, article_id: str) -> None:
    before = bytes_of(home)
    outcome = newskeep("remove", article_id, *WHY)

    assert outcome.code == 0
    assert "2 revisions" in outcome.out
    assert "1 other article with this text would stay" in outcome.out
    assert count(engine, "select count(*) from articles") == 2
    assert bytes_of(home) == before
    assert newskeep("remove", "a99", *WHY).code == 2
    assert newskeep("remove", article_id).code == 2


def test_rows_search_and_captures_are_gone_and_all_else_stays(
    newskeep: Newskeep, engine: Engine, home: Home, article_id: str, other_id: str
) -> None:
    records = count(engine, "select count(*) from captures")
    outcome = newskeep("remove", article_id, URL, "--copies", *WHY, "--yes", "--json")

    assert outcome.code == 0, outcome.err
    assert outcome.records[-1] | {"exports": []} == {
        "v": 1, "type": "summary", "articles": 2, "records": 3, "waiting": [], "scrubbed": True, "exports": [],
    }  # fmt: skip
    assert count(engine, "select count(*) from captures") == records - 3
    assert newskeep("search", "Wort7").records == []
    assert newskeep("show", URL).code == 2
    assert "Zug" not in "".join(str(row) for row in every_row(engine))
    assert "Wort" not in "".join(str(row) for row in every_row(engine))
    assert not any(b"Zug" in content or URL.encode() in content for content in bytes_of(home).values())
    assert newskeep("show", other_id).code == 0
    assert newskeep("show", other_id, "--raw").out == "<p>b</p>"
    assert newskeep("verify").code == 0
    assert "removed from the archive for good" in newskeep("explain", URL).out
    for target in (URL, article_id):
        assert f"{target} was removed before, on " in newskeep("remove", target, *WHY, "--yes").err


def every_row(engine: Engine) -> Iterator[tuple[object, ...]]:
    with engine.connect() as conn:
        tables = conn.scalars(text("select table_name from information_schema.tables where table_schema = 'public'"))
        for table in tables.all():
            yield from (tuple(row) for row in conn.execute(text(f"select * from {table}")))


def test_other_records_stay_byte_for_byte_and_every_tool_reads_the_file(
    newskeep: Newskeep, home: Home, other_id: str, engine: Engine
) -> None:
    [path] = [path for path in home.captures.glob("*.warc.gz") if b"b-2" in gzip.decompress(path.read_bytes())]
    before = path.read_bytes()
    with engine.connect() as conn:
        kept = conn.execute(
            text("select record_offset, record_length from captures where file = :name and url not like '%b-2'"),
            {"name": path.name},
        ).one()

    assert newskeep("remove", other_id, *WHY, "--yes").code == 0

    after = path.read_bytes()
    offset, length = kept
    assert len(after) == len(before)
    assert after[: offset + length] == before[: offset + length]
    with path.open("rb") as file:
        kinds = [
            (record.rec_type, record.content_stream().read())[0]
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert kinds == ["warcinfo", "response", "request", "metadata", "metadata"]


def test_a_crawl_does_not_bring_it_back(newskeep: Newskeep, newsroom: Newsroom, home: Home, article_id: str) -> None:
    assert newskeep("remove", article_id, *WHY, "--yes", "--no-scrub").code == 0
    with CaptureFiles(home) as captures:
        same_address = article(body=OTHER)
        same_text = article("https://krone.example/moved")
        elsewhere = article("https://standard.example/copy")
        outcomes = newsroom.store_captured(
            captures, (same_address, b"<p>1</p>"), (same_text, b"<p>Wort7</p>"), (elsewhere, b"<p>3</p>")
        )

    assert [(outcome.disposition, outcome.reason) for outcome in outcomes[:2]] == [(Disposition.SKIPPED, "removed")] * 2
    assert outcomes[2].disposition is Disposition.COPY  # of the copy that was to stay
    titled = newsroom.link(URL, "Zug entgleist: elf Tote")
    assert (titled.title, titled.disposition, titled.reason) == (None, Disposition.SKIPPED, "removed")

    assert newskeep("remove", outcomes[2].url, *WHY, "--yes", "--no-scrub").code == 0  # erases what came meanwhile
    assert not any(b"Wort7" in content for content in bytes_of(home).values())
    assert newskeep("verify").code == 0


def test_copies_keep_other_outlets_from_bringing_it_back(
    newskeep: Newskeep, newsroom: Newsroom, article_id: str
) -> None:
    assert newskeep("remove", article_id, "--copies", *WHY, "--yes", "--no-scrub").code == 0

    (outcome,) = newsroom.store(article("https://standard.example/copy"))

    assert (outcome.disposition, outcome.reason) == (Disposition.SKIPPED, "removed")


def test_a_hold_keeps_an_article(newskeep: Newskeep, engine: Engine, article_id: str) -> None:
    assert newskeep("hold", article_id).code == 2
    assert newskeep("hold", article_id, "--reason", "evidence").code == 0
    assert newskeep("hold", "--json").records[0]["id"] == article_id

    refused = newskeep("remove", article_id, *WHY, "--yes")

    assert refused.code == 4
    assert "on hold, reason: evidence" in refused.err
    assert count(engine, "select count(*) from articles") == 2
    assert newskeep("hold", article_id, "--release").code == 0
    assert newskeep("remove", article_id, *WHY, "--yes", "--no-scrub").code == 0


KILLED = """
import os, signal, sys
import {module} as module
def kill(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
module.{name} = kill
sys.argv = ["newskeep", *sys.argv[1:]]
from cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("archive.removal.erasing", "erase_in"),  # rows are gone, the file is as it was
        ("archive.removal.erasing", "digest_of"),  # the new file is written, beside the old one
        ("archive.removal.erasing", "_note_erased"),  # the new file is in its place, the rows do not know it
    ],
)
def test_a_killed_removal_is_finished_by_the_next(
    newskeep: Newskeep, home: Home, engine: Engine, article_id: str, module: str, name: str
) -> None:
    command = [sys.executable, "-c", KILLED.format(module=module, name=name), "remove", article_id, *WHY, "--yes"]
    killed = subprocess.run([*command, "--no-scrub"], env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert count(engine, "select count(*) from articles") == 1
    assert count(engine, "select count(*) from erasures") == 2

    assert newskeep("remove", "https://kurier.example/b", *WHY, "--yes", "--no-scrub").code == 0

    assert count(engine, "select count(*) from erasures") == 0
    assert not any(re.search(b"Zug", content) for content in bytes_of(home).values())
    assert newskeep("verify").code == 0


def test_a_crawl_finishes_a_file_that_waits(newskeep: Newskeep, newsroom: Newsroom, home: Home, engine: Engine) -> None:
    with CaptureFiles(home) as captures:
        (outcome,) = newsroom.store_captured(captures, (article(body=LONG), b"<p>Wort7</p>"))
        waiting = newskeep("remove", f"a{outcome.article_id:x}", *WHY, "--yes", "--no-scrub", "--json")
        assert waiting.code == 3
        assert len(waiting.records[-1]["waiting"]) == 1
        newsroom.store_captured(captures, (article(OTHER_URL, body=OTHER), b"<p>b</p>"))

        erased = finish_removals(engine, home)

        assert (erased.records, erased.waiting) == (1, ())
        assert count(engine, "select count(*) from erasures") == 0
        assert not any(b"Wort7" in content for content in bytes_of(home).values())
    assert newskeep("verify").code == 0
    assert list(home.captures.glob("*.roll")) == []


def test_the_register_only_grows(newskeep: Newskeep, engine: Engine, article_id: str) -> None:
    assert newskeep("remove", article_id, *WHY, "--yes", "--no-scrub").code == 0
    for change in ("delete from removals", "update removals set reason = ''"):
        with pytest.raises(Exception, match="only grows"), engine.begin() as conn:
            conn.execute(text(change))
    with engine.connect() as conn:
        row = conn.execute(text("select reason, cardinality(letters) from removals")).one()
    assert row == ("court order", 2)


def test_a_file_in_the_store_is_changed_there(
    newskeep: Newskeep, engine: Engine, home: Home, article_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "store").mkdir()
    monkeypatch.setenv("CAPTURE_STORE", f"file://{tmp_path / 'store'}")
    [file] = upload_finished(engine, find_home())
    stored = tmp_path / "store" / file.name

    assert newskeep("remove", article_id, "--copies", *WHY, "--yes", "--no-scrub").code == 0

    assert b"Zug" not in gzip.decompress(stored.read_bytes())
    assert len(stored.read_bytes()) == file.size
    assert [path.name for path in home.captures.iterdir() if path.name.startswith("newskeep")] == []
    assert newskeep("verify").code == 0
