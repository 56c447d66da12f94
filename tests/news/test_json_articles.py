import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Block, Flag, Image, Label
from news.json_articles import read_line

OURS = {
    "id": "x1",
    "url": "https://krone.example/a",
    "title": "Zug entgleist",
    "body": "Erster Absatz.\n\nZweiter Absatz.",
    "published_at": "2026-11-22T13:00+01:00",
    "source": "krone",
}
# As news-please writes it (its fields are named in its README), cut to what matters here.
NEWS_PLEASE = {
    "authors": ["Eva Muster"],
    "date_download": "2026-11-22 12:30:00",
    "date_publish": "2026-11-22 12:00:00",
    "language": "de",
    "maintext": "Erster Absatz.\nZweiter Absatz.",
    "source_domain": "krone.example",
    "title": "Zug entgleist",
    "url": "https://krone.example/a",
}
# As fundus writes it with save_to_file or to_json(): without an address.
FUNDUS_ALONE = {
    "title": "Zug entgleist",
    "authors": ["Eva Muster"],
    "publishing_date": "2026-11-22 12:00:00+00:00",
    "body": {"summary": ["Der Vorspann."], "sections": [{"headline": ["Zwischen"], "paragraphs": ["Ein Absatz."]}]},
    "topics": ["Linz", "Zug"],
    "free_access": False,
    "images": [
        {
            "versions": [{"url": "https://krone.example/s.jpg"}, {"url": "https://krone.example/l.jpg"}],
            "is_cover": True,
            "caption": "Der Zug",
            "authors": ["Eva Huber", "APA"],
        }
    ],
}
# As fundus writes it with to_json("title", "authors", "publishing_date", "body", "html", "lang").
FUNDUS = {
    "title": "Zug entgleist",
    "authors": ["Eva Muster"],
    "publishing_date": "2026-11-22 12:00:00+00:00",
    "body": {"summary": ["Erster Absatz."], "sections": [{"headline": [], "paragraphs": ["Zweiter Absatz."]}]},
    "html": {
        "requested_url": "https://krone.example/b",
        "responded_url": "https://krone.example/a",
        "crawl_date": "2026-11-22 12:30:00+00:00",
        "source_info": {"publisher": "krone"},
    },
    "lang": "de",
}


@pytest.mark.parametrize("record", [OURS, NEWS_PLEASE, FUNDUS])
def test_articles_of_three_programs_are_understood(record: dict[str, object]) -> None:
    read = read_line(json.dumps(record))

    assert read.article.url == "https://krone.example/a"
    assert read.article.headline == "Zug entgleist"
    assert read.article.paragraphs == ("Erster Absatz.", "Zweiter Absatz.")
    assert read.article.date_published == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert read.source in ("krone", "krone.example")


def test_object_of_fundus_without_an_address_gets_one_that_stays() -> None:
    read, again = (read_line(json.dumps(FUNDUS_ALONE)) for _ in range(2))

    assert read.article.url.startswith("https://without-address.invalid/")
    assert (read.article.url, read.source) == (again.article.url, "unknown")
    assert read.article.paragraphs == ("Der Vorspann.", "Zwischen", "Ein Absatz.")
    assert (read.article.tags, read.article.flags) == (("Linz", "Zug"), {Flag.PAYWALLED})
    assert read.article.image == Image("https://krone.example/l.jpg", "Der Zug", "Eva Huber, APA")


@pytest.mark.parametrize(
    ("description", "lead"), [("Was geschah", "Was geschah"), ("Erster  Absatz…", None), (None, None)]
)
def test_description_is_the_lead_unless_the_text_begins_with_it(description: str | None, lead: str | None) -> None:
    read = read_line(json.dumps(NEWS_PLEASE | {"description": description, "image_url": "https://krone.example/i.jpg"}))

    assert read.article.lead == lead
    assert read.article.image == Image("https://krone.example/i.jpg")


def test_removed_blocks_come_along() -> None:
    removed = [
        {"text": "Mehr dazu", "label": "teaser", "rule": "timed list", "score": 0.9},
        {"text": "x", "label": "body"},
        {"text": "y", "label": []},
        7,
    ]

    assert read_line(json.dumps(OURS | {"removed": removed})).article.removed == (
        Block("Mehr dazu", Label.TEASER, "timed list", 0.9),
    )


def test_time_of_the_fetch_is_taken_over() -> None:
    for record in (NEWS_PLEASE, FUNDUS):
        assert read_line(json.dumps(record)).captured_at == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert read_line(json.dumps(OURS)).captured_at is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JSON object"),
        ("{}", 'no url: an article is {"url","title","body",…}, or as news-please'),
        ('{"url": "ftp://krone.example/"}', "no http"),
        (json.dumps(OURS | {"body": "a" * 2_000_001}), "2000001 characters"),
        (json.dumps(OURS | {"body": 7}), "the body is no text: 7"),
    ],
)
def test_line_that_is_no_article_says_why(line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_line(line)


def test_body_may_be_a_list_of_paragraphs() -> None:
    assert read_line(json.dumps(OURS | {"body": ["Eins.", None, "Zwei."]})).article.paragraphs == ("Eins.", "Zwei.")


def test_odd_values_are_left_out_and_the_article_kept() -> None:
    odd = {
        "authors": [None, 7, "Eva"],
        "published_at": "gestern",
        "title": ["x"],
        "language": 3,
        "id": None,
        "source": "",
    }
    read = read_line(json.dumps(OURS | odd))

    assert (read.id, read.source) == ("https://krone.example/a", "krone.example")
    assert (read.article.headline, read.article.date_published, read.article.language) == (None, None, None)
    assert read.article.authors == ("Eva",)


def test_nothing_gets_in_that_no_database_keeps() -> None:
    read = read_line(json.dumps(OURS | {"title": "a\x00b\ud800", "id": "\ud800"}))

    assert read.article.headline == "ab\ufffd"
    assert read.id == "\ufffd"


NAMES = [*OURS, *NEWS_PLEASE, *FUNDUS, *FUNDUS_ALONE, "removed", "evidence"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text()
    | st.sampled_from(["https://a.example/1", "9999-12-31T23:00-23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_an_article_or_an_error(value: object) -> None:
    try:
        read = read_line(json.dumps(value))
    except ValueError:
        return
    assert read.article.url
    assert read.id
