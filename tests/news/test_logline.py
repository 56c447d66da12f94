"""A log line is one line, names the event, and holds no password and no page's text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.logline import MAX_VALUE, error_in_words, is_event, json_line, text_line, without_secrets

AT = 1_780_000_000.125


def test_json_line_has_time_in_utc_level_event_and_facts() -> None:
    line = json_line(AT, "INFO", "crawler.runner", "crawl_finished", {"outlet": "krone", "links/new": 38})

    assert json.loads(line) == {
        "time": "2026-05-28T20:26:40.125Z", "level": "info", "event": "crawl_finished", "logger": "crawler.runner",
        "outlet": "krone", "links/new": 38,
    }  # fmt: skip


def test_text_line_is_read_by_a_person() -> None:
    facts = {"outlet": "krone", "headline": "Zug entgleist", "links/new": 38}

    assert text_line(AT, "INFO", "x", "crawl_finished", facts) == (
        '2026-05-28 20:26:40 crawl_finished outlet=krone headline="Zug entgleist" links/new=38'
    )
    assert text_line(AT, "WARNING", "x", "outlet_blocked", {}) == "2026-05-28 20:26:40 warning outlet_blocked"


@pytest.mark.parametrize("message", ["Job 17 ended", "started", "crawl_finished\nfake_event", "Crawl_finished", ""])
def test_what_a_library_says_is_no_event_of_ours(message: str) -> None:
    assert not is_event(message)
    assert json.loads(json_line(AT, "WARNING", "procrastinate", message, {}))["event"] == "library_message"


def test_fact_cannot_pretend_to_be_another_event() -> None:
    facts = {"event": "alert_ended", "time": "never", "outlet": "krone"}

    assert json.loads(json_line(AT, "INFO", "x", "crawl_finished", facts))["event"] == "crawl_finished"


@pytest.mark.parametrize(
    "text",
    ["postgresql://keeper:sesame@db/news", "smtps://me%40x.org:sesame@mail:465", "connect host=db password=sesame",
     "Password: sesame", "{'password': 'sesame'}", "https://hooks.example/?token=sesame&a=1"],
)  # fmt: skip
def test_password_is_hidden(text: str) -> None:
    assert "sesame" not in without_secrets(text)
    assert "***" in without_secrets(text)


@pytest.mark.parametrize(
    "text", ["https://krone.example/a@b", "a token economy", "at 12:30 @home", "https://[::1]:80/"]
)
def test_text_without_a_password_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_error_is_reported_without_the_row_it_failed_on() -> None:
    try:
        try:
            raise ValueError("first line\nDETAIL: Failing row contains (the whole page)")
        except ValueError as cause:
            raise RuntimeError("not stored") from cause
    except RuntimeError as error:
        words = error_in_words(error)

    assert words == "RuntimeError: not stored <- ValueError: first line"


def test_errors_in_a_ring_end() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__cause__, second.__cause__ = second, first

    assert error_in_words(first) == "ValueError: one <- ValueError: two"


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(message=st.text(max_size=100), facts=st.dictionaries(st.text(max_size=9), VALUES, max_size=4))
def test_any_message_makes_one_line_that_can_be_written(message: str, facts: dict[str, object]) -> None:
    for line in (json_line(AT, "INFO", "x", message, facts), text_line(AT, "INFO", "x", message, facts)):
        line.encode()
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line


def test_page_in_a_fact_is_cut() -> None:
    assert len(json_line(AT, "INFO", "x", "page_stored", {"body": "x" * 100_000})) < MAX_VALUE + 200
