"""The log of a crawl and of the daemon."""

import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from archive.home import Home
from crawler.logs import LineFormatter, setup_logging
from crawler.runner import crawl
from crawler.targets import CrawlOptions
from news.errors import SettingError
from news.settings import read_settings
from tests.site import Site, article_page, story

OTHERS = ("scrapy", "procrastinate", "apscheduler")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, others = root.level, {name: logging.getLogger(name).level for name in OTHERS}
    yield
    logging.captureWarnings(False)
    root.setLevel(level)
    for name, before in others.items():
        logging.getLogger(name).setLevel(before)
    for handler in [handler for handler in root.handlers if type(handler).__name__ == "StderrHandler"]:
        root.removeHandler(handler)


def home_with(tmp_path: Path, **settings: str) -> Home:
    return Home(tmp_path, read_settings(settings))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_event_is_one_json_line_where_no_terminal_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging(home_with(tmp_path))
    logging.getLogger("crawler.test").info("feed_read", extra={"url": "https://krone.example/\n\x1b[2J", "links": 3})

    [line] = lines(capsys)
    assert (line["event"], line["level"], line["links"]) == ("feed_read", "info", 3)


def test_words_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging(home_with(tmp_path, LOG_FORMAT="text"))
    logging.getLogger("crawler.test").info("feed_read", extra={"url": "https://krone.example/\n\x1b[2J", "links": 3})

    assert capsys.readouterr().err.endswith('feed_read url="https://krone.example/\\n\\u001b[2J" links=3\n')


def test_second_set_up_takes_the_place_of_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        setup_logging(home_with(tmp_path))
    logging.getLogger("crawler.test").info("feed_read")

    assert len(lines(capsys)) == 1


@pytest.mark.parametrize(("level", "count"), [("debug", 3), ("info", 2), ("warning", 1), ("", 2)])
def test_level_is_a_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str, count: int) -> None:
    setup_logging(home_with(tmp_path, LOG_LEVEL=level))
    for number in (logging.DEBUG, logging.INFO, logging.WARNING):
        logging.getLogger("crawler.test").log(number, "feed_read")

    assert len(lines(capsys)) == count


@pytest.mark.parametrize("setting", [{"LOG_LEVEL": "loud"}, {"LOG_FORMAT": "xml"}])
def test_invalid_setting_is_refused(tmp_path: Path, setting: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="is not one of"):
        home_with(tmp_path, **setting)


@pytest.mark.parametrize("name", OTHERS)
def test_libraries_say_only_what_matters(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    setup_logging(home_with(tmp_path))
    logging.getLogger(name).info("Job %s succeeded", 7)
    logging.getLogger(name).error("Job %s failed", 7)

    [line] = lines(capsys)
    assert (line["event"], line["text"]) == ("library_message", "Job 7 failed")


def test_warning_of_python_is_a_line_like_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        setup_logging(home_with(tmp_path))
        warnings.warn("old\nand older", DeprecationWarning, stacklevel=1)

    [line] = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("library_message", "warning", "py.warnings")
    assert "DeprecationWarning: old" in line["text"]


def test_message_with_a_missing_value_is_logged_as_it_is() -> None:
    record = logging.makeLogRecord({"msg": "Job %s failed: %s", "args": (7,)})

    assert json.loads(LineFormatter(as_json=True).format(record))["text"] == "Job %s failed: %s"


def test_failed_statement_is_reported_without_its_values(
    tmp_path: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    setup_logging(home_with(tmp_path))
    try:
        with engine.connect() as conn:
            values = {"name": "krone", "page": "THE WHOLE PAGE"}
            conn.execute(text("insert into outlets (name, nonesuch) values (:name, :page)"), values)
    except SQLAlchemyError:
        logging.getLogger("archive.test").exception("page_not_stored", extra={"link_id": 7})

    output = capsys.readouterr().err
    line = json.loads(output)
    assert "THE WHOLE PAGE" not in output
    assert "UndefinedColumn" in line["error"]
    assert line["at"][-1].endswith(" execute")


def test_crawl_begins_with_a_line_and_ends_with_all_its_counts_on_another(
    home: Home, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    setup_logging(home)
    with Site() as site:
        site.put("/a", article_page("The bridge opens today", *story("bridge")))
        [result] = crawl(home, engine, [site.url("/a")], CrawlOptions(delay=0))

    first, *_, line = [line for line in lines(capsys) if line["event"].startswith("crawl_")]
    assert (first["event"], first["crawl"], first["due_at"]) == ("crawl_started", result.crawl_id, None)
    assert line["event"] == "crawl_finished"
    assert line.items() >= {
        "crawl": result.crawl_id, "state": "finished", "links/seen": 1, "links/new": 1, "links/waiting": 0,
        "balanced": True, "looked": True, "teasers/removed": 0,
    }.items()  # fmt: skip
    assert line["pages"] == result.pages
    assert line["seconds"] > 0
