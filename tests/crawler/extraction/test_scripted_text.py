"""Pages whose text only a script would show."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.page import read_page
from news.errors import NotAnArticle

# ruff: noqa: E501 (sentences and markup stay whole)


URL = "https://outlet.example/town/bridge"
HEADLINE = "Council repairs the old bridge over the river"
SENTENCE = "The council met on Monday evening and decided to repair the old bridge over the river before winter. "
MARKUP = (
    f'<div class="caption">The bridge in spring.</div>$$AD_PLACE$$<p>{SENTENCE * 3}</p>'
    f"<p>Nobody spoke against it. {SENTENCE * 4}</p>"
)


def page(script: str, body: str = "<div id=root></div>") -> str:
    return f"<html><head><title>{HEADLINE}</title></head><body><h1>{HEADLINE}</h1>{body}<script>{script}</script></body></html>"


def paragraphs_of(html: str) -> tuple[str, ...]:
    try:
        return tuple(read_page(html, URL).paragraphs)
    except NotAnArticle:
        return ()


def state(text: str) -> str:
    return json.dumps({"id": 7, "state": {"title": HEADLINE, "contentHtml": text}}).replace("<", "\\u003c")


@pytest.mark.parametrize(
    "script",
    [f"window.__STATE__ = {state(MARKUP)}", f"push([1, {json.dumps('9:' + state(MARKUP))}])".replace("<", "\\u003c")],
    ids=["a state", "a state within a string"],
)
def test_a_text_in_the_pages_data_is_read_as_paragraphs(script: str) -> None:
    article = read_page(page(script), URL)

    assert [text[:24] for text in article.paragraphs] == ["The council met on Monda", "Nobody spoke against it."]
    assert all(block.rule == "script_text" for block in article.blocks if block.text in article.paragraphs)


BLOCKS = [f"{n} people said so. {SENTENCE * 2}".strip() for n in range(4)]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "paragraph", "text": text} for text in BLOCKS],
        [{"type": "p", "children": [{"text": text[:9]}, {"url": "/x", "text": text[9:]}]} for text in BLOCKS],
        [{"kind": "ad"}, *({"html": f"<p>{text}</p>"} for text in BLOCKS), {"caption": "The bridge in spring."}],
        BLOCKS,
    ],
)
@pytest.mark.parametrize("script", ["{}", "window.__STATE__ = {};", 'a = ["x";\nb = {};', "push([1, {!s}])"])
def test_a_text_that_is_cut_into_blocks_in_the_data_is_put_together(blocks: list[object], script: str) -> None:
    data = json.dumps({"title": HEADLINE, "body": {"content": blocks}, "more": [{"text": "Goat wins"}] * 3})
    data = json.dumps(f"5:{data}") if "!s" in script else data

    assert list(read_page(page(script.replace("!s", "").replace("{}", data)), URL).paragraphs) == BLOCKS


@pytest.mark.parametrize("around", ["<script type='text/template'> {} </script>", "<noscript>{}</noscript>"])
def test_a_text_in_a_template_or_for_those_without_scripts_is_read(around: str) -> None:
    article = read_page(page("", around.format(MARKUP.replace("$$AD_PLACE$$", ""))), URL)

    assert [text[:24] for text in article.paragraphs] == ["The council met on Monda", "Nobody spoke against it."]


@pytest.mark.parametrize("of", ["url", "author", "title"])
def test_a_list_of_other_articles_or_of_comments_in_the_data_is_not_the_text(of: str) -> None:
    items = [{of: "Jane Miller", "text": text} for text in BLOCKS]

    with pytest.raises(NotAnArticle):
        read_page(page(json.dumps({"items": items})), URL)


def test_a_page_that_shows_its_text_is_not_read_from_its_data() -> None:
    shown = f"<p>{SENTENCE * 4}</p>"

    assert read_page(page(f"var state = {state(MARKUP * 3)}", shown), URL).paragraphs == ((SENTENCE * 4).strip(),)


def test_terms_of_use_in_the_data_are_not_the_text() -> None:
    terms = (
        "<p>"
        + "By using these pages you agree to what our lawyers wrote about cookies, data and courts. " * 20
        + "</p>"
    )

    with pytest.raises(NotAnArticle):
        read_page(page(f"var terms = {state(terms).replace(HEADLINE, '')}"), URL)


def test_code_between_two_strings_is_not_the_text() -> None:
    """The mark that ends one string and the one that begins the next enclose a script."""
    code = "".join(f"settings.part_{n} = {{bridge: {n}, title: name}};\n" for n in range(30))
    script = f'use("bridge");\n/* {HEADLINE}: where it is shown */\n{code}show("bridge")'

    assert not any("settings" in text for text in paragraphs_of(page(script)))


def test_a_text_with_some_code_in_it_is_read_from_the_data() -> None:
    text = MARKUP.replace("Nobody spoke", "The form asks for {name}; nobody spoke")

    assert any("{name}; nobody spoke" in text for text in paragraphs_of(page(f"window.__STATE__ = {state(text)}")))


def test_markup_in_the_data_that_would_take_seconds_is_not_parsed() -> None:
    for costly in ("<div>" * 60_000, "<div " + " ".join(f"a{n}=1" for n in range(60_000)) + ">"):
        with pytest.raises(NotAnArticle):
            read_page(page(f"var state = {state(costly + MARKUP)}"), URL)


def test_data_that_is_broken_or_without_end_is_left_alone() -> None:
    for script in ('var a = "' + "x" * 5_000, '"' + "\\" * 4_001, '"' + "\\u00" * 900 + '"', '"' * 3_000, "[" * 9_000):
        with pytest.raises(NotAnArticle):
            read_page(page(script), URL)


@given(
    st.lists(
        st.sampled_from(
            ['"', "\\", "\\u00", "\\ud800", "<p>", "</script>", '":"', "{", "]", HEADLINE, SENTENCE * 4, "\0"]
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_data_raises_anything_else(parts: list[str]) -> None:
    with suppress(NotAnArticle):
        article = read_page(page('"' + "".join(parts)), URL)
        assert all("\0" not in text and text.encode() for text in article.paragraphs)


def test_a_text_written_as_elements_is_read_without_their_tags() -> None:
    elements = [
        ["$", "h1", None, {"children": HEADLINE}],
        *(["$", "p", None, {"children": SENTENCE * n}] for n in (3, 4, 5)),
    ]
    flight = json.dumps("5:" + json.dumps(["$", "div", None, {"children": elements}]) + "\n")

    paragraphs = read_page(page(f"self.__next_f.push([1, {flight}])"), URL).paragraphs

    assert [text.count("The council met") for text in paragraphs if text != HEADLINE] == [3, 4, 5]


def test_a_long_string_full_of_escaped_marks_that_is_cut_off_is_passed_over_in_time() -> None:
    element = '[\\"$\\",\\"p\\",null,{\\"children\\":\\"abc def\\"}],'

    with pytest.raises(NotAnArticle):  # quadratic it would take hours
        read_page(page('self.__next_f.push([1,"' + element * 50_000), URL)
