"""Hostile pages are refused in time or read without harm."""

# ruff: noqa: E501 (sentences and markup stay whole)

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.page import read_page
from crawler.extraction.page_bytes import affordable, as_utf8, refuse_costly
from news.errors import NotAnArticle, PageTooCostly
from news.teasers import remove_teasers

URL = "https://outlet.example/a"
TEXT = "<p>" + "The council met on Monday evening and decided to repair the old bridge over the river. " * 3

COSTLY = {
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(60_000)) + ">",
    "attributes with brackets in them": "<div " + " ".join(f'a{n}=">"' for n in range(20_000)) + ">",
    "attributes between slashes": "<div/" + "/".join(f"a{n}" for n in range(20_000)) + ">",
    "attributes without spaces between": "<div " + "".join(f'a{n}=""' for n in range(20_000)) + ">",
    "attributes of a long name": f"<{'a' * 60} " + " ".join(f"a{n}" for n in range(20_000)) + ">",
    "attributes with quotation marks in their names": "<div " + " ".join(f'a{n}"b' for n in range(20_000)) + ">",
    "attributes in front of brackets": "<p a='>'>" + "<div " + " ".join(f"a{n}='{n}'" for n in range(20_000)) + ">",
    "attributes that begin as those of a plain tag": '<p class="b" '
    + " ".join(f'a{n}=""' for n in range(20_000))
    + ">",
    "attributes behind an equals sign of no name": '<p =" ' + " ".join(f"a{n}" for n in range(20_000)) + '">',
    "nesting": "<div>" * 60_000,
    "nesting, closed by what closes nothing": "<div></x>" * 20_000,
    "nesting, closed": "<div>" * 20_000 + "</div>" * 20_000,
    "nesting in capitals": "<DIV>" * 60_000,
    "formatting never closed": "".join(f"<p><b id={n}>" for n in range(2_000)),
    "size": "x" * 17_000_000,
    "options of one select": "<select>" + "<option>x" * 20_000,
}


@pytest.mark.parametrize("page", list(COSTLY.values()), ids=list(COSTLY))
def test_a_page_that_would_take_seconds_is_refused_before_it_is_parsed(page: str) -> None:
    with pytest.raises(PageTooCostly):
        refuse_costly(page.encode())


def test_tags_inside_a_script_are_no_nesting() -> None:
    script = "<script>var rows = '" + "<div>" * 6_000 + "'</script>"

    assert "old bridge" in read_page(f"<html><body>{script}{TEXT}", URL).body
    assert "old bridge" in read_page(f"<html><body>{script.replace('</script>', '')}</script>{TEXT}", URL).body


@pytest.mark.parametrize(
    "before",
    [
        "<script></script>",
        "<!-- <script> -->",
        "<a title='<script>'>",
        "<svg><script>",
        "<script type='application/ld+json'>{}</script>",
    ],
)
def test_nesting_does_not_hide_behind_a_script(before: str) -> None:
    page = (before + "<div>" * 60_000 + "</script>" + TEXT).encode()
    left = b""
    with suppress(PageTooCostly):
        left = affordable(page)

    assert left.count(b"<div>") < 5_000


def test_a_page_of_line_breaks_is_refused_but_may_be_a_listing() -> None:
    page = "a<br>" * 300_000
    with pytest.raises(PageTooCostly):
        read_page(page, URL)
    refuse_costly(page.encode())


@pytest.mark.parametrize(
    "page",
    ["<table>" + "<tr><td>a<td>b" * 4_000, "<ul>" + "<li>a" * 8_000, "<p>a" * 8_000, "<b>x</b> " * 2_000, "<a href='?a=1&b=2'>x</a>" * 5_000,
     "<p " + " ".join(f"data-{n}=1" for n in range(300)) + ">", "<select>" + "<option>x" * 2_000, "a<br>" * 50_000],
    ids=["rows", "items", "paragraphs", "bold words", "links", "many attributes", "a list of towns", "line breaks"],
)  # fmt: skip
def test_a_large_but_honest_page_is_not_refused(page: str) -> None:
    refuse_costly(page.encode())


def test_nesting_deeper_than_pythons_stack_is_read() -> None:
    assert "old bridge" in read_page("<div>" * 3_000 + TEXT, URL).body


def test_a_text_in_nested_lists_is_read_whole() -> None:
    assert read_page("<ul><li>" * 1_000 + TEXT * 50, URL).body.count("old bridge") == 150


@pytest.mark.parametrize("page", ["", " ", "\0" * 100, "<script>var a</script>", "<!-- a -->"])
def test_a_page_without_text_is_no_article(page: str) -> None:
    with pytest.raises(NotAnArticle):
        read_page(page, URL)


def test_halves_of_surrogate_pairs_and_nul_bytes_do_not_come_through() -> None:
    article = read_page(f"<h1>A &#xD800; bridge\0 \ud800 falls</h1>{TEXT}\0 &#0; &#xDFFF;", URL)

    assert all("\0" not in block.text and block.text.encode() for block in article.blocks)


@pytest.mark.parametrize(
    "name", ["utf-7", "rot13", "zip", "undefined", "unicode_escape", "utf-16", "cp037", "mbcs", "x" * 300, "\0", ""]
)
def test_an_encoding_that_the_web_does_not_use_is_not_believed(name: str) -> None:
    assert as_utf8(b"Caf\xe9", name).decode() == "Café"


@pytest.mark.parametrize(
    ("page", "encoding", "text"),
    [(b"Caf\xc3\xa9", "latin-1", "Café"), (b"\xef\xbb\xbfCaf\xc3\xa9", None, "Café"), ("Café".encode("utf-16"), None, "Café"),
     ("<html>日本".encode("utf-16-le"), "utf-16", "<html>日本"), ("\n<!doctype html>é".encode("utf-16-be"), None, "\n<!doctype html>é"),
     (b"<meta charset=windows-1251>\xcc\xee\xf1\xf2", None, "<meta charset=windows-1251>Мост"), (b"\xcc\xee\xf1\xf2", "windows-1251", "Мост"),
     (b"\x93quoted\x94", "iso-8859-1", "“quoted”")],
)  # fmt: skip
def test_the_encoding_is_found(page: bytes, encoding: str | None, text: str) -> None:
    assert as_utf8(page, encoding).decode() == text


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class='related sidebar'>", "</div>", "<h1>", "</h1>", "<br>", "<a href=x>", "</a>", "<table><td>", "<ul><li>",
         "<pre>\n\n", "<time datetime='2024-13-01'>", "<nav>", "<b>", "<script type='application/ld+json'>", "</script>", "<meta charset=",
         "3 hrs ago", "OTHER NEWS", "Sign up for our newsletter", '{"@type":"NewsArticle","author":', "&#xD800;", "\0", "<svg>", "<template>",
         "<span itemprop=author>", "<form>", "<!--", "-->", "A sentence that is long enough to count as running prose, or nearly so. "]
    ) | st.text(max_size=20),
    max_size=60,
)  # fmt: skip


@given(MARKUP.map("".join) | st.binary(max_size=300))
@settings(max_examples=120, deadline=None)
def test_no_markup_and_no_bytes_raise_anything_else(page: str | bytes) -> None:
    try:
        article = remove_teasers(read_page(page, URL))
    except (NotAnArticle, PageTooCostly):
        return
    assert all(block.text.strip() and block.rule and 0 <= block.score <= 1 for block in article.blocks)
    assert article.body.encode() is not None
