"""`newskeep outlets`, from the keyboard to outlets.toml, over a real site on loopback."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, text

from archive.channels import FoundChannel, ensure_channels, known_channels
from archive.home import Home
from archive.outlets import ensure_outlet, save_found
from cli.main import main
from crawler.results import CrawlResult
from crawler.runner import crawl as run_crawl
from crawler.targets import CrawlOptions
from tests.site import RSS, Site, story


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `newskeep outlets ...` in this process."""
    monkeypatch.setenv("CRAWL_DELAY_SECONDS", "0")

    def run_outlets(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["newskeep", "outlets", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run_outlets


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make a data folder without a database; return the path of its outlets.toml."""
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL", raising=False)
    (tmp_path / "newskeep.toml").touch()
    return tmp_path / "outlets.toml"


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve an outlet with a feed of six articles, robots.txt and a front page."""
    with Site() as site:
        paths = [f"/town/council-meets-on-plan-{number}.html" for number in range(6)]
        for number, path in enumerate(paths):
            site.article(path, f"The council meets for plan number {number}", *story(f"plan {number}"))
        site.feed("/rss", *paths, title="The Site")
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.1\n", content_type="text/plain")
        site.put(
            "/",
            "<html lang=pl><head><title>The Site - news</title>"
            "<link rel=alternate type=application/rss+xml href=/rss></head>"
            f"<body><nav><a href=/town/>Town</a></nav>"
            f"<h2><a href={paths[0]}>The council meets for plan 0</a></h2></body></html>",
        )
        yield site


KRONE = '# ours\n[[outlet]]\nurl = "https://www.krone.at"\nschedule = "0 6 * * 1"\n'


def test_adding_looks_at_the_site_and_writes_the_smallest_entry(run: Run, home: Home, site: Site) -> None:
    ended = run("add", site.url("/"), "--name", "site", "--json")
    assert ended.code == 0
    assert home.outlets_file.read_text() == f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\n'
    (record,) = ended.records
    assert record["found"] == {
        "title": "The Site", "language": "pl", "timezone": "Europe/Warsaw", "delay": 0.1, "feeds": [site.url("/rss")],
        "listings": [site.url("/"), site.url("/town/")],
    }  # fmt: skip


def test_what_adding_found_is_shown_as_found(run: Run, home: Home, site: Site) -> None:
    run("add", site.url("/"), "--name", "site")
    values = {
        value["key"]: (value["value"], value["mark"]) for value in run("show", "site", "--json").records[0]["values"]
    }
    assert values["language"] == ("pl", "found")
    assert values["url"] == (site.url("/"), "set")


def test_a_dry_run_writes_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setenv("NEWSKEEP_ALLOW_NETWORKS", "127.0.0.0/8")
    assert run("add", site.url("/"), "--dry-run").code == 0
    folder.write_text(KRONE)
    assert run("off", "krone", "--dry-run").code == 0
    assert folder.read_text() == KRONE


def test_an_outlet_is_added_once(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    again = run("add", "http://krone.at/", "--no-look")
    assert (again.code, "already there as “krone”" in again.err) == (4, True)
    other = run("add", "https://krone.example/", "--no-look")
    assert (other.code, "--name NAME" in other.err) == (4, True)
    assert run("add", "https://krone.example/", "--no-look", "--name", "other").code == 0
    assert folder.read_text().startswith(KRONE)


def test_an_invalid_address_is_a_usage_error(run: Run, folder: Path) -> None:
    ended = run("add", "krone.at", "--no-look")
    assert (ended.code, "did you mean “https://krone.at”?" in ended.err) == (2, True)


def test_a_site_that_does_not_answer_is_not_added(run: Run, home: Home, site: Site) -> None:
    site.answers.clear()
    ended = run("add", site.url("/"))
    assert (ended.code, "HTTP 404" in ended.err) == (5, True)
    assert not home.outlets_file.exists()


def test_ctrl_c_ends_a_look_at_once_and_writes_nothing(home: Home, site: Site) -> None:
    gate = threading.Event()
    site.put("/robots.txt", b"", gate=gate)
    command = [sys.executable, "-m", "cli.main", "outlets", "add", site.url("/")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        while not site.held:
            assert process.poll() is None
            gate.wait(0.01)
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=30)
    finally:
        process.kill()  # a failure here must not leave a process to the next test
    assert (process.returncode, printed.strip()) == (130, "interrupted")
    assert not home.outlets_file.exists()


def test_a_private_address_is_not_looked_at(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setenv("NEWSKEEP_ALLOW_NETWORKS", "")
    monkeypatch.setenv("NEWSKEEP_CONTACT", "a@b.example")
    assert run("test", site.url("/")).code == 5
    assert site.seen == []


def test_trying_an_outlet_reads_five_articles_and_saves_nothing(run: Run, home: Home, site: Site) -> None:
    look, *read = run("test", site.url("/"), "--json").records
    assert look["links"] == 6
    assert [record["headline"].startswith("The council meets") for record in read] == [True] * 5
    assert not home.outlets_file.exists()


def test_trying_an_outlet_whose_articles_cannot_be_read_says_so(run: Run, home: Home, site: Site) -> None:
    for path in list(site.answers):
        if path.startswith("/town/"):
            del site.answers[path]
    ended = run("test", site.url("/"))
    assert (ended.code, ended.out.count("HTTP 404")) == (5, 5)


def test_a_page_tried_cannot_steer_the_terminal(run: Run, home: Home, site: Site) -> None:
    path = next(path for path in site.answers if path.startswith("/town/"))
    site.article(path, "A headline \x1b]0;owned\x07 of the town", *story("bridge"))
    ended = run("test", site.url("/"))
    assert "of the town" in ended.out
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out


def test_values_are_marked_as_set_default_or_found(run: Run, home: Home, engine: Engine) -> None:
    home.outlets_file.write_text('[defaults]\ndelay = 3\n[[outlet]]\nurl = "https://a.example"\nlanguage = "de"\n')
    with engine.begin() as conn:
        outlet = ensure_outlet(conn, "a", "https://a.example")
        save_found(conn, outlet, {"language": "en", "title": "A"})
        ensure_channels(conn, outlet, [FoundChannel("feed", "https://a.example/rss")])
    values = {
        value["key"]: (value["value"], value["mark"]) for value in run("show", "a", "--json").records[0]["values"]
    }
    assert values["language"] == ("de", "set")
    assert values["delay"] == (3.0, "default")
    assert values["title"] == ("A", "found")
    assert values["feeds"] == (["https://a.example/rss"], "found")


def test_a_name_made_from_the_address_is_a_default_and_so_is_every_option_not_set(run: Run, folder: Path) -> None:
    folder.write_text('[[outlet]]\nurl = "https://www.krone.at"\n[[outlet]]\nname = "b"\nurl = "https://b.example"\n')
    krone, b = (
        {value["key"]: (value["value"], value["mark"]) for value in run("show", name, "--json").records[0]["values"]}
        for name in ("krone", "b")
    )
    assert (krone["name"], b["name"]) == (("krone", "default"), ("b", "set"))
    assert krone["every"] == ("30 minutes", "default")
    assert krone["delay"] == (0.0, "default")
    assert krone["timezone"] == ("Europe/Vienna", "default")
    assert krone["enabled"] == (True, "default")


def test_an_outlet_is_found_by_its_home_page_too(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    assert run("show", "http://krone.at/", "--json").records[0]["outlet"] == "krone"
    assert run("off", "https://www.krone.at", "--json").records == [
        {"v": 1, "type": "outlet", "outlet": "krone", "enabled": False, "written": True}
    ]


def test_trying_an_outlet_tells_how_much_it_publishes_a_day(run: Run, home: Home, site: Site) -> None:
    assert "volume     not known" in run("test", site.url("/")).out
    hour_ago = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(
        f"<item><title>t</title><link>{site.url(path)}</link><pubDate>{hour_ago}</pubDate></item>"
        for path in site.answers
        if path.startswith("/town/")
    )
    site.put("/rss", f'<rss version="2.0"><channel><title>The Site</title>{items}</channel></rss>', content_type=RSS)
    assert "volume     about 144 a day, by the dates of 6 links" in run("test", site.url("/")).out


def test_before_the_first_look_nothing_is_called_found(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    ended = run("show", "krone")
    assert "not looked yet" in ended.err
    assert "found" not in ended.out
    assert not (folder.parent / "postgres").exists()


def test_checking_says_each_schedule_in_words_with_its_next_times(run: Run, folder: Path) -> None:
    folder.write_text(KRONE + '[[outlet]]\nurl = "https://off.example"\nenabled = false\n')
    on, off = run("check", "--json").records
    assert (on["when"], on["timezone"], len(on["next"])) == ("at 06:00 on Monday", "Europe/Vienna", 3)
    assert all("T06:00:00+0" in time for time in on["next"])
    assert (off["enabled"], off["next"]) == (False, [])


def test_a_turn_in_another_year_says_which(run: Run, folder: Path) -> None:
    folder.write_text('[[outlet]]\nurl = "https://leap.example"\nschedule = "0 6 29 2 *"\n')
    assert re.search(r"on February 29; next .* 29 Feb 20\d\d 06:00 UTC\n", run("check").out)


def test_checking_a_file_that_is_not_there_says_so(run: Run, folder: Path) -> None:
    folder.unlink(missing_ok=True)
    ended = run("check")
    assert (ended.code, ended.err) == (0, f"{folder} is not there yet\n  next: newskeep outlets add https://…\n")


def test_checking_shows_all_mistakes_and_ends_with_four(run: Run, folder: Path) -> None:
    folder.write_text('langauge = "de"\n[[outlet]]\n')
    ended = run("check")
    assert ended.code == 4
    assert ended.err.startswith("error: unknown key “langauge”\n --> outlets.toml:1:1\n1 | langauge")
    assert "\nerror: an outlet without “url”\n --> outlets.toml:2:1\n" in ended.err


def test_on_and_off_keep_the_rest_of_the_file(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    assert run("off", "krone").code == 0
    assert folder.read_text() == KRONE + "enabled = false\n"
    assert run("on", "krone").code == 0
    assert run("list", "--json").records[0]["enabled"] is True


def test_an_unknown_outlet_is_answered_with_the_nearest(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    ended = run("off", "kronne")
    assert (ended.code, "did you mean “krone”?" in ended.err) == (2, True)


def test_opml_goes_in_and_comes_out(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    opml = folder.parent / "feeds.opml"
    opml.write_text(
        '<opml><body><outline text="K" xmlUrl="https://krone.at/f" htmlUrl="https://www.krone.at/"/>'
        '<outline text="Die A" xmlUrl="https://a.example/f" htmlUrl="https://a.example/"/>'
        '<outline text="B" xmlUrl="https://a.test/f" htmlUrl="https://a.test/"/></body></opml>'
    )
    ended = run("import", str(opml), "--json")
    assert [record["outlet"] for record in ended.records] == ["a", "a-2"]
    assert "2 added, 1 already there" in ended.err
    assert (
        '[[outlet]]\nname = "a"\ntitle = "Die A"\nurl = "https://a.example/"\nfeeds = ["https://a.example/f"]\n'
        in folder.read_text()
    )
    assert 'title="Die A" xmlUrl="https://a.example/f" htmlUrl="https://a.example/"' in run("export").out


def test_outlets_of_another_file_are_taken_over(run: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(KRONE + '[[outlet]]\nurl = "https://a.example"\nteasers = { remove = [".x"] }\nrevisit = ["1h"]\n')
    folder.write_text("")
    assert run("import", str(other)).code == 0
    assert run("export", "--format", "toml").out == folder.read_text()
    krone, a = run("list", "--json").records
    assert krone["schedule"] == "0 6 * * 1"
    assert (a["teasers"], a["revisit"]) == ({"remove": [".x"]}, ["1h"])


def crawl(home: Home, engine: Engine, name: str) -> CrawlResult:
    [result] = run_crawl(home, engine, [name], CrawlOptions(delay=0))
    return result


def test_a_feed_is_added_with_the_home_page_of_its_site(run: Run, home: Home, engine: Engine, site: Site) -> None:
    assert run("add", site.url("/rss"), "--name", "site").code == 0
    assert home.outlets_file.read_text() == (
        f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\nfeeds = ["{site.url("/rss")}"]\n'
    )
    result = crawl(home, engine, "site")
    assert result.ledger
    assert result.ledger.counts == {"new": 1, "copy": 5}


def test_a_feed_whose_site_does_not_answer_is_added_as_it_is(run: Run, home: Home, engine: Engine, site: Site) -> None:
    del site.answers["/"]
    assert run("add", site.url("/rss"), "--name", "site").code == 0
    assert home.outlets_file.read_text() == f'[[outlet]]\nname = "site"\nurl = "{site.url("/rss")}"\n'
    result = crawl(home, engine, "site")
    assert result.ledger
    assert result.ledger.counts == {"new": 1, "copy": 5}


@pytest.mark.parametrize(
    "entry", ['url = "{rss}"', 'url = "{root}"\nfeeds = ["{rss}"]', 'url = "{root}"\nlistings = "{rss}"']
)
def test_a_feed_that_is_known_as_a_listing_is_read_as_what_it_is(
    run: Run, home: Home, engine: Engine, site: Site, entry: str
) -> None:
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "site"\n{entry.format(rss=site.url("/rss"), root=site.url("/"))}\n'
    )
    with engine.begin() as conn:
        outlet = ensure_outlet(conn, "site", site.url("/"))
        ensure_channels(conn, outlet, [FoundChannel("listing", site.url("/rss"))])
    tried = run("test", "site", "--json").records[0]["links"]
    result = crawl(home, engine, "site")
    assert result.ledger
    assert result.ledger.links == tried == 6
    with engine.connect() as conn:
        kinds = {channel.url: channel.kind for channel in known_channels(conn, outlet)}
    assert kinds[site.url("/rss")] == "feed"


def test_a_web_page_that_is_called_a_feed_is_read_as_a_listing(
    run: Run, home: Home, engine: Engine, site: Site
) -> None:
    site.put("/news", site.answers["/"].body.replace(b"<html", b"<!doctype html><html"))
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\nlistings = []\nfeeds = ["{site.url("/news")}"]\n'
    )
    result = crawl(home, engine, "site")
    assert result.ledger
    assert result.ledger.counts == {"new": 1}


def test_an_error_page_in_place_of_a_feed_is_no_listing(run: Run, home: Home, engine: Engine, site: Site) -> None:
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\nlistings = []\nfeeds = ["{site.url("/rss")}"]\n'
    )
    crawl(home, engine, "site")
    site.put("/rss", site.answers["/"].body)
    assert crawl(home, engine, "site").unread == {site.url("/rss"): "unreadable"}


def test_trying_an_outlet_reads_only_what_a_crawl_reads(run: Run, home: Home, site: Site) -> None:
    entry = f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\n'
    home.outlets_file.write_text(f'{entry}article_url = "/nowhere/"\n')
    ended = run("test", "site")
    assert (ended.code, "leave out all 6 links" in ended.err, "✓" in ended.out) == (5, True, False)
    home.outlets_file.write_text(f'{entry}feeds = []\nlistings = ["{site.url("/town/")}"]\n')
    assert run("test", "site", "--json").records[0]["links"] == 0


def test_trying_an_outlet_whose_home_page_is_blocked_reads_its_other_channels(
    run: Run, home: Home, engine: Engine, site: Site
) -> None:
    entry = f'[[outlet]]\nname = "site"\nurl = "{site.url("/")}"\n'
    home.outlets_file.write_text(entry)
    crawl(home, engine, "site")
    site.put("/", "no", status=403)
    look, *read = run("test", "site", "--json").records
    assert (look["links"], look["problems"], len(read)) == (6, [f"{site.url('/')}: HTTP 403"], 5)
    home.outlets_file.write_text(f'{entry}feeds = ["{site.url("/rss")}"]\n')
    ended = run("test", "site")
    assert (ended.code, f"problem    {site.url('/')}: HTTP 403" in ended.out) == (0, True)
    home.outlets_file.write_text(f"{entry}feeds = []\n")
    assert run("test", "site").code == 5


def test_adding_shows_each_answer_as_it_arrives(run: Run, home: Home, site: Site) -> None:
    ended = run("add", site.url("/"), "--name", "site")
    assert [line.split() for line in ended.err.splitlines()[:3]] == [
        ["HTTP", "200", site.url("/")], ["HTTP", "200", site.url("/robots.txt")], ["HTTP", "200", site.url("/rss")],
    ]  # fmt: skip


def test_outlets_are_listed_with_their_articles_and_the_last_look(
    run: Run, home: Home, engine: Engine, site: Site
) -> None:
    run("add", site.url("/rss"), "--name", "site")
    assert "0 articles, not looked yet" in run("list").out
    crawl(home, engine, "site")
    (record,) = run("list", "--json").records
    assert record["articles"] == 6
    assert datetime.now(UTC) - datetime.fromisoformat(record["looked_at"]) < timedelta(minutes=5)
    assert re.search(r"every 30 minutes +6 articles, last look \d+ \w+ 20\d\d \d\d:\d\d", run("list").out)


def test_a_removed_outlet_leaves_its_articles_and_the_rest_of_the_file(
    run: Run, home: Home, engine: Engine, site: Site
) -> None:
    home.outlets_file.write_text(KRONE)
    run("add", site.url("/rss"), "--name", "site")
    crawl(home, engine, "site")
    before = home.outlets_file.read_text()
    assert run("remove", "site", "--dry-run", "--json").records[0]["written"] is False
    assert home.outlets_file.read_text() == before
    ended = run("remove", site.url("/"), "site")
    assert (ended.code, "what was collected stays" in ended.err) == (0, True)
    assert home.outlets_file.read_text() == KRONE
    assert run("remove", "site").code == 2
    with engine.connect() as conn:
        assert conn.execute(text("select count(*) from v_articles")).scalar_one() == 6


def test_listing_outlets_needs_no_database(run: Run, folder: Path) -> None:
    folder.write_text(KRONE)
    assert "articles" not in run("list", "--json").records[0]
    assert not (folder.parent / "postgres").exists()
