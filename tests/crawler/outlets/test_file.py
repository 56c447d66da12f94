"""outlets.toml as it is read: the smallest and the full entry, and every mistake in its place."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outlets.diagnostics import OutletsInvalid, Problem
from crawler.outlets.file import load_outlets, name_from_url, parse_outlets
from news.errors import SettingError
from news.outlets import OPTIONS, Listing, OnPaywall, Outlet

FULL = r"""
contact = "archive@example.org"          # goes into the user agent

[defaults]
every = "30m"
delay = 2

[[outlet]]
name      = "krone"
title     = "Kronen Zeitung"
url       = "https://www.krone.at"
language  = "de-AT"
timezone  = "Europe/Vienna"
schedule  = "*/20 5-23 * * *"
feeds     = ["https://www.krone.at/nachrichten/rss.xml"]
sitemaps  = ["https://www.krone.at/sitemap-news.xml"]
listings  = [{ url = "https://www.krone.at/", links = "article a[href]" }]
article_url = '/\d{7}$'
skip_url    = ['/sport/live/', '/gewinnspiel/']
revisit   = ["1h", "6h", "1d", "7d", "30d"]
teasers   = { remove = [".c_related", "#newsletter-box"], keep = [".fact-box"] }
on_paywall = "skip"
enabled   = false
note      = "layout change Nov 2026: new links selector"
"""


def mistakes(text: str) -> str:
    with pytest.raises(OutletsInvalid) as caught:
        parse_outlets(text)
    return f"error: {caught.value}"


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        parse_outlets(text)
    except OutletsInvalid as error:
        return error.problems
    return ()


def entry(*lines: str) -> str:
    return "\n".join(["[[outlet]]", 'url = "https://www.spiegel.de"', *lines])


def test_the_smallest_entry_is_an_address() -> None:
    assert parse_outlets(entry()).outlets == (Outlet("spiegel", "https://www.spiegel.de"),)


def test_the_full_entry_is_read() -> None:
    read = parse_outlets(FULL)
    assert read.contact == "archive@example.org"
    assert read.outlets == (
        Outlet(
            name="krone", url="https://www.krone.at", title="Kronen Zeitung", language="de-AT",
            timezone="Europe/Vienna", schedule="*/20 5-23 * * *", delay=2.0, feeds=("https://www.krone.at/nachrichten/rss.xml",),
            sitemaps=("https://www.krone.at/sitemap-news.xml",),
            listings=(Listing("https://www.krone.at/", "article a[href]"),), article_url=r"/\d{7}$",
            skip_url=("/sport/live/", "/gewinnspiel/"),
            revisit=(timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=30)),
            remove=(".c_related", "#newsletter-box"), keep=(".fact-box",), on_paywall=OnPaywall.SKIP, enabled=False,
            note="layout change Nov 2026: new links selector",
        ),
    )  # fmt: skip
    assert "delay" not in read.keys_by_outlet["krone"]


def test_an_entry_wins_over_the_defaults() -> None:
    text = '[defaults]\nevery = "30m"\ndelay = 2\n' + entry('every = "auto"', "delay = 0.5")
    (outlet,) = parse_outlets(text).outlets
    assert (outlet.every, outlet.budget, outlet.delay) == ("auto", timedelta(minutes=30), 0.5)


def test_no_file_is_no_outlets(tmp_path: Path) -> None:
    assert load_outlets(tmp_path / "outlets.toml").outlets == ()


def test_a_mistake_is_shown_with_line_caret_and_help() -> None:
    assert mistakes(entry('langauge = "de"')) == (
        "error: unknown key “langauge”\n"
        " --> outlets.toml:3:1\n"
        '3 | langauge = "de"\n'
        "  | ^^^^^^^^  did you mean “language”?"
    )


def test_an_unknown_key_that_resembles_none_names_all_known_keys() -> None:
    shown = mistakes(entry("xyzzy = 1"))
    assert all(option.key.partition(".")[0] in shown for option in OPTIONS)
    assert shown.endswith(", on_paywall, keep_for, enabled, note")


def test_all_mistakes_are_shown_at_once_in_the_files_order() -> None:
    shown = mistakes("colour = 1\n" + entry('feeds = ["/rss", 5]', 'enabled = "yes"', "delay = -1", 'nme = "x"'))
    assert [line.split("toml:")[1] for line in shown.splitlines() if "-->" in line] == [
        "1:1", "4:10", "4:18", "5:11", "6:9", "7:1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('language = "german"', "“german” is not a language tag"),
        ('language = "de_AT"', "did you mean “de-AT”?"),
        ('timezone = "Europe/Viena"', "did you mean “Europe/Vienna”?"),
        ('timezone = "Vienna"', "did you mean “Europe/Vienna”?"),
        ('timezone = "../../etc/passwd"', "is not a time zone"),
        ('schedule = "* * * *"', "five fields"),
        ('schedule = "0 0 * * 8"', "bad day-of-week"),
        ('schedule = "0 0 30 2 *"', "is not a schedule"),
        ('every = "30"', "is not a duration"),
        ('every = "0m"', "outside one minute to ten years"),
        ('revisit = ["1h", "soon"]', "“soon” is not a duration"),
        ("delay = true", "where a number of seconds is expected"),
        ("delay = nan", "a delay outside"),
        ('feeds = ["ftp://a.example/x"]', "is not a web address"),
        ('feeds = ["a.example/x"]', "did you mean “https://a.example/x”?"),
        ('feeds = ["a.example:8080/x"]', "did you mean “https://a.example:8080/x”?"),
        ('sitemaps = ["https://u:p@a.example/"]', "a user name or password"),
        ("article_url = '(a'", "is not a regular expression"),
        ('listings = [{ link = "a" }]', "did you mean “links”?"),
        ('listings = [{ links = "a[[", url = "https://a.example" }]', "is not a CSS selector"),
        ('teasers = { remove = [".a", "b >"] }', "is not a CSS selector"),
        ('on_paywall = "headlin"', "“headline” or “skip”"),
        ('name = "a b"', "cannot be a name"),
        (r'note = "a\u0000b"', "a control character"),
        ('schedule = "0 6 * * *"\nevery = "1h"', "keep one of them"),
        ("title = 5", "put it in quotes"),
        ("teasers = 5", "where a table is expected"),
        ("note = 2026-11-22", "a date where a text is expected"),
    ],
)
def test_a_wrong_value_says_what_would_be_right(line: str, said: str) -> None:
    shown = mistakes(entry(line))
    assert said in shown
    assert shown.count("-->") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[outlet]]\ntitle = "x"', "an outlet without “url”\n --> outlets.toml:1:1"),
        ('[outlet]\nurl = "https://a.example"', "write [[outlet]], with two brackets"),
        ('outlet = "x"', "one outlet where a list is expected"),
        ("outlet = [5]", "a table is expected here"),
        ("[defaults]\nurl = 'https://a.example'", "unknown key “url”"),
        (entry() + "\n" + entry(), "give this one a name of its own"),
        (entry("name = 'a'") + "\n" + entry("name = 'A'"), "a second outlet named “A”\n --> outlets.toml:6:8"),
        ("a = ", "not TOML: invalid value\n --> outlets.toml:1:5"),
        ('x = 1\ny = "', "not TOML: "),
        ("x = " + "[" * 3000, "nested too deeply"),
        ("a.b = 1\na.b = 2", "not TOML: "),
    ],
)
def test_a_wrong_file_says_where(text: str, said: str) -> None:
    assert said in mistakes(text)


def test_places_are_right_in_every_way_to_write_a_key() -> None:
    text = (
        '[[outlet]] # "x = [\n"url" = """https://a.example"""\n teasers.remove = [ # ]\n  "a",\n\n  "b[[" ]\n'
        "[[outlet]]\nurl = 'https://b.example'\n[[outlet.listings]]\nurl = 'https://b.example/c'\nlinsk = 1\n"
        "[outlet.teasers]\n'k\"eep' = []\n"
    )
    assert [line for line in mistakes(text).splitlines() if "-->" in line] == [
        "  --> outlets.toml:6:3".replace("  -->", " -->"), "  --> outlets.toml:11:1", "  --> outlets.toml:13:1",
    ]  # fmt: skip


def test_a_file_that_is_not_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "outlets.toml"
    path.write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(SettingError, match=r"outlets\.toml:2 is not UTF-8"):
        load_outlets(path)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.spiegel.de", "spiegel"),
        ("https://www.bbc.co.uk/news", "bbc"),
        ("https://m.orf.at/", "orf"),
        ("http://127.0.1.2:8700/", "127-0-1-2-8700"),
        ("http://localhost:8000", "localhost"),
    ],
)
def test_an_outlet_is_called_by_its_host(url: str, name: str) -> None:
    assert name_from_url(url) == name


_PIECES = (
    "[[outlet]]", "\n", "url = ", '"https://a.example"', "teasers.", "x", " = ", "{ a = 1 }", "[", "]", "'''", '"""',
    "#", ",", "\\u0041",
    "feeds = ", "1", "[outlet.teasers]", "remove", "\r\n", "\t", "é", "[defaults]",
    "schedule = '* * * * *'", "1979-05-27", "inf", "{", "}",
)  # fmt: skip


@given(st.text(max_size=60) | st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_text_ends_otherwise_than_in_outlets_or_mistakes(text: str) -> None:
    assert all(problem.message for problem in problems_of(text))


_VALUES = st.recursive(
    st.none().map(lambda _: "1") | st.sampled_from(["'a'", "true", "2", '"""\n]"""', "0x1F", "1.5", "07:32:00"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[ # ]\n" + ",".join(items) + " ]")
        | inner.map(lambda value: '{ "k.[" = ' + value + " }")
    ),
    max_leaves=5,
)


@given(st.sampled_from(["url", "feeds", "teasers", "listings", "revisit", "delay", "x", "'y z'"]), _VALUES)
def test_every_mistake_in_valid_toml_has_a_place_in_the_text(key: str, value: str) -> None:
    text = f"[[outlet]]\n{key} = {value}\n"
    assert all(0 <= problem.span[0] < problem.span[1] <= len(text) for problem in problems_of(text))
