"""Fields of an article, from the page to the view v_articles and to `newskeep show`."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.article_fields import COLUMNS, FIELDS, clean_article, reading_fields
from archive.home import Home
from news.article import Article, Image
from tests.conftest import Outcome
from tests.texts import headline
from tests.texts import text as news_text

Newskeep = Callable[..., Outcome]
URL = "https://krone.example/a-1"
NAMED = {
    "articleSection": "Chronik",
    "keywords": ["Linz", "Zug"],
    "image": {
        "@type": "ImageObject",
        "url": "https://krone.example/zug.jpg",
        "caption": "Der Zug am Morgen danach",
        "creditText": "Eva Huber/APA",
    },
}


def import_page(newskeep: Newskeep, folder: Path, **fields: object) -> None:
    """Import a WARC file with one page that states *fields* of its NewsArticle."""
    named = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": headline(1), **fields}
    paragraphs = "".join(f"<p>{part}</p>" for part in news_text(1).split("\n\n"))
    page = (
        f"<!doctype html><html lang=de><head><title>{headline(1)}</title>"
        f'<script type="application/ld+json">{json.dumps(named)}</script></head>'
        f"<body><article><h1>{headline(1)}</h1>{paragraphs}</article></body></html>"
    ).encode()
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    with (folder / "others.warc.gz").open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        at = {"WARC-Date": datetime(2026, 10, 1, 8, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        writer.write_record(
            writer.create_warc_record(
                URL, "response", payload=io.BytesIO(page), length=len(page), http_headers=head, warc_headers_dict=at
            )
        )
    assert newskeep("import", str(folder / "others.warc.gz")).code == 0


def in_view(engine: Engine) -> dict[str, object]:
    names = ", ".join(column.name for column in COLUMNS)
    with engine.connect() as conn:
        return dict(conn.execute(text(f"select {names} from v_articles")).one()._mapping)


def test_fields_that_a_page_states_are_in_the_view_and_in_show(
    newskeep: Newskeep, engine: Engine, home: Home, tmp_path: Path
) -> None:
    import_page(newskeep, tmp_path, **NAMED)
    expected = {
        "section": "Chronik",
        "tags": ["Linz", "Zug"],
        "image_url": "https://krone.example/zug.jpg",
        "image_caption": "Der Zug am Morgen danach",
        "image_credit": "Eva Huber/APA",
    }

    (record,) = newskeep("show", URL, "--json").records
    lines = [line.split(maxsplit=1) for line in newskeep("show", URL).out.splitlines() if line]
    shown = {line[0]: line[-1] for line in lines}
    assert in_view(engine) == expected
    assert {name: record[name] for name in expected} == expected
    assert record["fields"].keys() == {"headline", "language"}  # sources; the values are beside it
    assert record["fields"]["language"] == [{"source": "html", "value": "de"}]
    assert [shown[name] for name in ("section", "tags", "image", "caption", "credit")] == [
        "Chronik", "Linz, Zug", "https://krone.example/zug.jpg", "Der Zug am Morgen danach", "Eva Huber/APA",
    ]  # fmt: skip


def test_fields_that_a_page_does_not_state_are_null_and_show_has_no_line_for_them(
    newskeep: Newskeep, engine: Engine, home: Home, tmp_path: Path
) -> None:
    import_page(newskeep, tmp_path)
    expected = {"section": None, "tags": [], "image_url": None, "image_caption": None, "image_credit": None}

    (record,) = newskeep("show", URL, "--json").records
    lines = [line.split(maxsplit=1)[0] for line in newskeep("show", URL).out.splitlines() if line]
    assert in_view(engine) == expected
    assert {name: record[name] for name in expected} == expected
    assert not {"section", "tags", "image", "caption", "credit"} & set(lines)


def test_every_field_of_an_article_has_its_row() -> None:
    others = {"url", "blocks", "rules"}  # the address, the text, and what read it

    assert {field.name for field in FIELDS} == set(Article.__dataclass_fields__) - others


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_label_fits_its_column_of_show(column: object) -> None:
    assert len(column.label) <= 10


def test_no_text_keeps_what_no_database_takes() -> None:
    dirty = Article(
        "https://a.example/", section="a\x00b", tags=("c\x00",), image=Image("https://a.example/\x00i", "d\ud800", None)
    )
    stored = reading_fields(clean_article(dirty))

    assert "\\u0000" not in json.dumps(stored)
    assert "\\ud800" not in json.dumps(stored)
