"""`newskeep crawl` as a person or a program calls it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from archive.crawls import open_crawl
from archive.home import Home
from cli.main import newskeep
from news.errors import NewsError
from tests.site import Site, story


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.feed("/feed.xml", "/a", "/b")
        site.article("/a", "The bridge opens today", *story("bridge"))
        site.article("/b", "The council votes late", *story("budget"))
        yield site


def run(*args: str) -> Result:
    return CliRunner().invoke(newskeep, ["crawl", "--delay", "0", *args])


def records(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def count(engine: Engine, table: str) -> int:
    with engine.connect() as conn:
        return int(conn.execute(text(f"select count(*) from {table}")).scalar_one())


@pytest.mark.usefixtures("home")
def test_json_has_an_object_per_link_and_the_summary_last(site: Site) -> None:
    result = run("--json", site.url("/feed.xml"))
    *links, summary = records(result)
    assert result.exit_code == 0
    assert {link["url"] for link in links} == {site.url("/a"), site.url("/b")}
    assert {(link["v"], link["disposition"], link["reason"], link["revision"]) for link in links} == {
        (1, "new", None, 1)
    }
    assert all(str(link["id"]).startswith("a") for link in links)
    assert summary == {
        "v": 1, "type": "summary", "crawl": links[0]["crawl"],
        "counts": {"new": 2, "copy": 0, "revised": 0, "unchanged": 0, "moved": 0, "skipped": 0, "failed": 0},
        "links": 2, "balanced": True,
    }  # fmt: skip


@pytest.mark.usefixtures("home")
def test_several_targets_end_with_one_summary_of_all(site: Site) -> None:
    with Site("127.0.0.3") as other:
        other.feed("/feed.xml", "/c")
        other.article("/c", "The river rises again", *story("river"))
        result = run("--json", site.url("/feed.xml"), other.url("/feed.xml"))
    lines = records(result)
    crawls = [line for line in lines if line["type"] == "crawl"]
    assert [crawl["links"] for crawl in crawls] == [2, 1]
    assert lines[-1]["type"] == "summary"
    assert lines[-1]["crawls"] == [crawl["crawl"] for crawl in crawls]
    assert lines[-1]["links"] == 3


@pytest.mark.usefixtures("home")
def test_without_a_terminal_there_is_a_line_per_outlet_and_one_for_all(site: Site) -> None:
    result = run(site.url("/feed.xml"))
    outlet, total = result.stderr.splitlines()
    assert "2 new; ✓ all accounted for" in outlet
    assert total == "1 crawl, 2 links: 2 new"
    assert result.stdout == ""


def on_a_terminal(*args: str) -> str:
    """Return what a terminal of 150 columns shows."""
    reading, writing = os.openpty()
    environ = dict(os.environ) | {"COLUMNS": "150", "TERM": "xterm"}
    command = [sys.executable, "-m", "cli.main", "crawl", "--delay", "0", *args]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=writing, env=environ)
    os.close(writing)
    seen = b""
    with contextlib.suppress(OSError):  # the terminal is gone when the command has ended
        while piece := os.read(reading, 65536):
            seen += piece
    os.close(reading)
    assert process.wait(180) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode()).replace("\r", "")


@pytest.mark.usefixtures("home")
def test_a_person_sees_what_was_found_each_page_and_the_closing_account(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    teasers = "".join(f"<p>{hours} hrs ago</p><p>Another story number {hours}</p>" for hours in range(3, 9))
    site.article("/a", "The bridge opens today", *story("bridge"), extra=f"<aside>{teasers}</aside>")
    seen = on_a_terminal(site.url("/feed.xml"))
    assert "1 feed · 0 s between requests · robots.txt ok, 1 rule applies" in seen
    page = next(line for line in seen.splitlines() if "The bridge opens today" in line)
    assert re.search(r"\d\d:\d\d:\d\d  new .*\d+ related removed$", page)
    assert re.search(r"    2  new *\n", seen)
    assert re.search(
        r"  Teasers   \d+ blocks removed from 1 text, \d+ % of the text +· newskeep show --removed", seen, re.M
    )


@pytest.mark.usefixtures("home")
def test_what_is_usual_is_learnt_from_five_crawls_of_such_a_time(engine: Engine, site: Site) -> None:
    site.put("/", "<html><body></body></html>")
    site.feed("/rss.xml", "/a", "/b")
    site.put("/", f"<link rel=alternate type=application/rss+xml href={site.url('/rss.xml')}>")
    for _ in range(5):
        run(site.url("/"))
    assert "new is" not in show_last(engine)
    with engine.begin() as conn:
        conn.execute(text("update crawls set started_at = started_at - interval '7 days' * (6 - id)"))
    run(site.url("/"))
    assert "  Normal    0 new is within the usual 0–2 for a " in show_last(engine)


def show_last(engine: Engine) -> str:
    with engine.connect() as conn:
        last = conn.execute(text("select max(id) from crawls")).scalar_one()
    return CliRunner().invoke(newskeep, ["crawls", "show", str(last)]).stdout


@pytest.mark.usefixtures("home")
def test_a_retry_of_a_crawl_without_failures_says_so_and_begins_none(engine: Engine, site: Site) -> None:
    run(site.url("/feed.xml"))
    again = run("--retry", "1")
    assert (again.exit_code, again.stderr) == (0, "nothing to retry: no page failed in crawl 1\n")
    assert count(engine, "crawls") == 1


@pytest.mark.usefixtures("home")
def test_a_retry_of_what_was_met_again_says_so_and_one_of_what_was_not_fetches_it(engine: Engine, site: Site) -> None:
    good = site.answers["/b"].body
    site.put("/b", "", status=403, etag=False)
    assert "try: newskeep crawl --retry 1" in run(site.url("/feed.xml")).stderr
    site.put("/b", good)
    planned = run("--retry", "1", "--dry-run", "--json")
    assert [(record["url"], record["seen_before"]) for record in records(planned)[:-1]] == [(site.url("/b"), True)]
    assert "1 new" in run("--retry", "1").stderr
    assert run("--retry", "1").stderr == "nothing to retry: later crawls have met all that failed in crawl 1\n"


def problem(result: Result) -> tuple[int, str, str]:
    """Return the exit code, the message and the hint of a command that was refused."""
    error = result.exception
    assert isinstance(error, NewsError)
    return int(error.exit_code), str(error), error.hint


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_retry_takes_no_other_outlet_than_that_of_its_crawl(home: Home, site: Site, more: list[str]) -> None:
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "first"\nurl = "{site.url("/")}"\nfeeds = ["{site.url("/feed.xml")}"]\n'
        '[[outlet]]\nname = "second"\nurl = "http://127.0.0.9:9/"\n'
    )
    site.put("/b", "", status=403, etag=False)
    run("first")
    assert problem(run("--retry", "1", "second", *more)) == (
        2, "crawl 1 was of “first”, not of “second”", "newskeep crawl --retry 1",
    )  # fmt: skip
    assert problem(run("--retry", "1", site.url("/a"), *more))[0] == 2
    assert run("--retry", "1", "first", *more).exit_code != 2


@pytest.mark.usefixtures("home", "engine")
@pytest.mark.parametrize("number", ["7", "99999999999999999999"])
def test_a_retry_of_no_crawl_says_so(number: str) -> None:
    assert problem(run("--retry", number)) == (2, f"there is no crawl {number}", "newskeep crawls list")


def test_an_outlet_that_was_removed_from_the_file_is_not_crawled_by_its_name(home: Home, site: Site) -> None:
    entry = f'url = "{site.url("/")}"\nfeeds = ["{site.url("/feed.xml")}"]\n'
    home.outlets_file.write_text(f'[[outlet]]\nname = "first"\n{entry}')
    site.put("/b", "", status=403, etag=False)
    run("first")
    home.outlets_file.write_text("")
    code, message, hint = problem(run("first"))
    assert (code, hint) == (2, f"newskeep crawl {site.url('/')}")
    assert message == "“first” is not in outlets.toml; what was collected from it is kept"
    home.outlets_file.write_text(f'[[outlet]]\nname = "other"\n{entry}')
    assert problem(run("first"))[2] == "newskeep crawl other"
    assert "1 failed" in run("--retry", "1").stderr


def test_a_site_that_was_crawled_by_its_address_is_crawled_by_the_name_it_got(home: Home, site: Site) -> None:
    site.put("/", "<html><body></body></html>")
    run(site.url("/feed.xml"))
    assert "unchanged" in run(f"{site.host}:{site.port}").stderr


@pytest.mark.usefixtures("home")
def test_the_query_of_a_target_counts(engine: Engine, site: Site) -> None:
    site.feed("/?format=feed", "/a")
    site.article("/?p=10001", "The river rises again", *story("river"))
    site.put("/", "<html><body></body></html>")
    assert [record["url"] for record in records(run("--json", site.url("/?format=feed")))[:-1]] == [site.url("/a")]
    assert [record["url"] for record in records(run("--json", site.url("/?p=10001")))[:-1]] == [site.url("/?p=10001")]
    run(site.url("/?utm_source=mail"))
    with engine.connect() as conn:
        targets = conn.execute(text("select target from crawls order by id")).scalars().all()
    assert targets == [site.url("/?format=feed"), site.url("/?p=10001"), site.url("/")]


def test_an_outlet_that_is_being_crawled_says_how_to_wait_for_it(home: Home, engine: Engine, site: Site) -> None:
    run(site.url("/feed.xml"))
    held = open_crawl(engine, 1, "by the test")
    refused = run(site.url("/feed.xml"))
    held.locks.free(1)
    assert refused.exit_code == 7
    assert "--wait" in refused.stderr


@pytest.mark.usefixtures("home")
def test_quiet_says_nothing_when_nothing_is_wrong(site: Site) -> None:
    assert run("-q", site.url("/feed.xml")).output == ""


@pytest.mark.usefixtures("home")
def test_a_failed_page_ends_with_3_and_is_named(site: Site) -> None:
    site.put("/b", "", status=403, etag=False)
    result = run("--json", site.url("/feed.xml"))
    assert result.exit_code == 3
    assert [
        (record["url"], record["reason"]) for record in records(result) if record.get("disposition") == "failed"
    ] == [(site.url("/b"), "http_403")]


@pytest.mark.usefixtures("home")
def test_an_outlet_that_gives_nothing_ends_with_5(site: Site) -> None:
    site.put("/robots.txt", "", status=500, headers={"Retry-After": "0"})
    assert run(site.url("/")).exit_code == 5


@pytest.mark.usefixtures("home")
def test_an_unknown_name_ends_with_2() -> None:
    result = run("nobody")
    assert result.exception is not None
    assert getattr(result.exception, "exit_code", None) == 2


def test_a_crawl_without_a_target_is_a_usage_error() -> None:
    assert run().exit_code == 2


def test_an_unreadable_duration_is_a_usage_error() -> None:
    result = run("--since", "soon", "x")
    assert result.exit_code == 2
    assert "12h or 7d" in result.output


def test_a_delay_that_is_no_number_is_a_usage_error() -> None:
    for given in ("nan", "-nan", "-1", "soon"):
        assert run("--delay", given, "x").exit_code == 2


@pytest.mark.usefixtures("home")
def test_a_live_site_without_a_contact_ends_with_4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSKEEP_CONTACT")
    result = run("https://www.spiegel.de/")
    assert getattr(result.exception, "exit_code", None) == 4


def test_a_dry_run_says_what_would_be_fetched_and_writes_nothing(engine: Engine, site: Site) -> None:
    result = run("--dry-run", "--limit", "1", "--json", site.url("/feed.xml"))
    *links, summary = records(result)
    assert [(record["url"], record["reason"]) for record in links] == [
        (site.url("/a"), None),
        (site.url("/b"), "limit"),
    ]
    assert summary == {"v": 1, "type": "summary", "dry_run": True, "links": 2, "fetch": 1}
    assert not site.requests("/a")
    assert [count(engine, table) for table in ("outlets", "links", "crawls", "channels")] == [0, 0, 0, 0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_crawl_keeps_what_it_has_and_the_next_goes_on(
    home: Home, engine: Engine, site: Site, number: signal.Signals
) -> None:
    gate = threading.Event()
    site.put("/b", site.answers["/b"].body, gate=gate)
    site.feed("/feed.xml", "/a", "/b", *(f"/{letter}" for letter in "cdefgh"))
    command = [sys.executable, "-m", "cli.main", "crawl", "--delay", "0.01", "--json", site.url("/feed.xml")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    while not site.held:
        assert process.poll() is None
        gate.wait(0.01)
    process.send_signal(number)
    gate.wait(0.1)
    gate.set()
    out, _ = process.communicate(timeout=180)
    summary = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert summary["balanced"]
    assert summary["counts"]["new"] + summary["waiting"] == summary["links"] == 8
    assert summary["counts"]["failed"] == 0
    listed = json.loads(CliRunner().invoke(newskeep, ["crawls", "show", "1", "--json"]).stdout)
    assert (listed["balanced"], listed["waiting"]) == (True, summary["waiting"])
    assert f"links seen · {summary['waiting']} left to the next crawl" in show_last(engine)

    for letter in "cdefgh":
        site.article(f"/{letter}", f"The story of {letter} today", *story(letter))
    site.feed("/feed.xml")  # all links have left the feed
    site.put("/", "<html><body></body></html>")
    assert run(site.url("/")).exit_code == 0
    assert count(engine, "v_articles") == 8


@pytest.mark.usefixtures("home")
def test_a_crawl_goes_on_after_the_reader_of_its_records_has_left(engine: Engine, site: Site) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "cli.main", "crawl", "--json", "--delay", "0", site.url("/feed.xml")]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert ended.returncode == 0, ended.stderr
    assert count(engine, "v_articles") == 2


@pytest.mark.usefixtures("home")
def test_records_that_cannot_be_printed_cost_no_article(engine: Engine, site: Site) -> None:
    command = [sys.executable, "-m", "cli.main", "crawl", "--json", "--delay", "0", site.url("/feed.xml")]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 6
    assert b"no room left" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"listener_failed" in ended.stderr
    assert b"newskeep doctor" not in ended.stderr
    with engine.connect() as conn:
        found = conn.execute(text("select disposition, count(*) from links group by 1")).all()
        state = conn.execute(text("select state, balanced from crawls")).one()
    assert [tuple(row) for row in found] == [("new", 2)]
    assert tuple(state) == ("finished", True)


@pytest.mark.usefixtures("home")
def test_an_outlet_that_gives_nothing_says_why_and_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSKEEP_ALLOW_NETWORKS", "10.0.0.0/8")
    result = run(site.url("/"))
    assert result.exit_code == 5
    assert f"{site.url('/')}: private address" in result.stderr
    assert "try: NEWSKEEP_ALLOW_NETWORKS=127.0.0.1/32   # when" in result.stderr


def test_scrapys_own_command_does_the_same(home: Home, engine: Engine, site: Site) -> None:
    site.put("/b", "", status=403, etag=False)
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "news",
        "-a",
        f"outlet={site.url('/feed.xml')}",
        "-a",
        "delay=0",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert ended.returncode == 3, ended.stderr
    assert "1 new, 1 failed" in ended.stderr
    assert count(engine, "v_articles") == 1


def scrapy(*args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scrapy", *args]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ) | env, check=False)


@pytest.mark.usefixtures("home")
@pytest.mark.slow
def test_scrapys_shell_and_fetch_ask_as_we_do_and_archive_nothing(engine: Engine, site: Site) -> None:
    fetched = scrapy("fetch", site.url("/a"))
    assert (fetched.returncode, "<h1>" in fetched.stdout) == (0, True), fetched.stderr
    shell = scrapy("shell", "-c", "response.status", site.url("/a"))
    assert (shell.returncode, shell.stdout.strip()) == (0, "200"), shell.stderr
    assert all("tests@example.org" in seen.headers["User-Agent"] for seen in site.seen)
    assert count(engine, "captures") == 0


@pytest.mark.usefixtures("home")
def test_scrapys_commands_refuse_what_they_could_not_do(site: Site) -> None:
    refused = scrapy("crawl", "news", "-a", f"outlet={site.url('/')}", "-o", "x.jsonl")
    assert refused.returncode == 2
    assert "newskeep crawl" in refused.stderr + refused.stdout
    nameless = scrapy("fetch", "https://www.example.org/", NEWSKEEP_CONTACT="")
    assert nameless.returncode == 2
    assert "NEWSKEEP_CONTACT" in nameless.stderr + nameless.stdout
    assert not site.seen


@pytest.mark.usefixtures("home")
def test_an_article_is_crawled_by_its_id_too(site: Site) -> None:
    first, *_ = records(run("--json", site.url("/feed.xml")))
    again, _ = records(run("--json", str(first["id"])))
    assert (again["url"], again["disposition"]) == (first["url"], "unchanged")
