import io
import json

import pytest

from archive.packed_files import Part, parts_of
from crawler.json_import import NoArticle, read_articles
from news.json_articles import Imported
from tests.texts import headline, text


def articles(data: bytes) -> list[Imported | NoArticle]:
    (part,) = parts_of(io.BytesIO(data), "x.json")
    assert isinstance(part, Part)
    return list(read_articles(part))


def record(number: int) -> dict[str, object]:
    return {"url": f"https://a.example/{number}", "title": headline(number), "body": text(number) + ' {"x": "}'}


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("array", [True, False])
def test_objects_over_many_lines_and_arrays_are_read_as_lines_are(
    array: bool, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.json_import._STEP", 100)  # texts that go over several pieces
    records = [record(number) for number in range(3)]
    values = [records] if array else records
    data = "\n".join(json.dumps(value, indent=indent) for value in values).encode()

    read = articles(data)
    assert [one.article.body if isinstance(one, Imported) else one for one in read] == [
        str(one["body"]) for one in records
    ]


def test_object_that_is_no_article_costs_no_other() -> None:
    data = json.dumps([record(1), {"title": "no address"}, {"url": {"url": 1}}, record(2)], indent=1).encode()
    first, *bad, last = articles(data)

    assert isinstance(first, Imported)
    assert isinstance(last, Imported)
    assert [(one.unit, one.number) for one in bad if isinstance(one, NoArticle)] == [("object", 2), ("object", 3)]


@pytest.mark.parametrize("rest", [b'{"url": "https://a.example/9", "title": "cut', b'{"url":\n "' + b"a" * 11_000_000])
def test_end_of_a_damaged_file_is_reported(rest: bytes) -> None:
    data = json.dumps([record(1)], indent=1).encode()[:-1] + b"," + rest
    first, bad = articles(data)

    assert isinstance(first, Imported)
    assert isinstance(bad, NoArticle)
    assert "damaged from here on" in bad.problem


@pytest.mark.parametrize(("given", "found"), [(None, "de"), ("de-AT", "de"), ("English, please", "de"), ("en", "de")])
def test_language_is_detected_as_for_pages_that_are_crawled(given: str | None, found: str) -> None:
    body = "Der Zug ist am Morgen bei Linz aus den Schienen gesprungen, und die Feuerwehr war mit vier Wagen da. " * 3
    (read,) = articles(json.dumps({"url": "https://a.example/", "body": body, "language": given}).encode())

    assert isinstance(read, Imported)
    assert read.article.language == found
