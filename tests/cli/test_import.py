import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text as sql

from archive.home import Home
from archive.ingest.importer import SIZE
from news.article import short_id
from tests.texts import copy_cut_to_a_third, headline, text

Run = Callable[..., Any]


def record(name: str, number: int, body: str | None = None, **fields: object) -> dict[str, object]:
    given = {"title": headline(number), "body": body or text(number), "published_at": "2026-11-20T08:00+00:00"}
    return {"id": f"{name}{number}", "url": f"https://{name}.example/{number}", "source": name, **given, **fields}


@pytest.fixture
def take_in(home: Home, newskeep: Run, tmp_path: Path) -> Run:
    """Writes records to a file and imports it: `take_in(record, ..., "--json")`."""

    def run(*parts: object) -> Any:
        file = tmp_path / "articles.jsonl"
        lines = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in parts if part != "--json"]
        file.write_bytes(b"\n".join(lines))
        return newskeep("import", str(file), *(part for part in parts if part == "--json"))

    return run


def test_each_line_gets_its_label(take_in: Run) -> None:
    outcome = take_in(
        record("krone", 1),
        record("kurier", 1),
        record("presse", 1, copy_cut_to_a_third(1, 9)),
        record("krone", 1, text(1) + "\n\nNachtrag der Redaktion.", id="again"),
        record("krone", 1, text(1) + "\n\nNachtrag der Redaktion.", id="same"),
        record("krone", 2),
        "--json",
    )

    assert outcome.code == 0
    assert [(record["id"], record["relation"], record["of"], record["of_id"]) for record in outcome.records] == [
        ("krone1", "new", None, None),
        ("kurier1", "duplicate", "a1", "krone1"),
        ("presse1", "near_duplicate", "a1", "krone1"),
        ("again", "revision", "a1", "krone1"),
        ("same", "duplicate", "a1", "krone1"),
        ("krone2", "new", None, None),
    ]
    assert "6 records: 2 new, 1 revised, 1 copies, 1 near copies, 1 known already" in outcome.err
    stories = [record["story_id"] for record in outcome.records]
    assert len(set(stories[:5])) == 1
    assert stories[5] not in stories[:5]


def test_second_import_of_a_file_finds_everything_known(take_in: Run) -> None:
    records = [record("krone", number) for number in range(1, 4)]
    records.append(record("krone", 1, text(1) + "\n\nNachtrag der Redaktion."))
    first, second = take_in(*records, "--json"), take_in(*records, "--json")

    assert [record["relation"] for record in first.records] == ["new"] * 3 + ["revision"]
    assert [record["relation"] for record in second.records] == ["duplicate"] * 4
    assert [record["story_id"] for record in second.records] == [record["story_id"] for record in first.records]


def test_search_without_a_hit_tells_that_all_was_imported(take_in: Run, newskeep: Run) -> None:
    take_in(record("krone", 1))

    assert "  no crawl of any outlet yet: the articles were imported" in newskeep("search", "nirgends").err


def test_text_that_very_many_outlets_have_is_known_to_be_each_ones_own(take_in: Run) -> None:
    many = [record(f"o{place}", 1) for place in range(205)]
    take_in(*many)
    (again,) = take_in(record("o204", 1, url="https://o204.example/again"), "--json").records

    assert (again["relation"], again["article"]) == ("duplicate", short_id("a", 205))


def test_line_that_is_no_article_is_reported_and_the_others_are_kept(take_in: Run) -> None:
    outcome = take_in(record("krone", 1), b"{nonsense", {"title": "no address"}, record("krone", 2), "--json")

    assert outcome.code == 3
    ends = [record.get("relation", record.get("error", "")[:6]) for record in outcome.records]
    assert ends == ["new", "no JSO", "no url", "new"]
    assert "line 2: no JSON" in outcome.err
    assert "2 new, 2 failed" in outcome.err


def test_very_many_bad_lines_are_counted_and_not_all_said(take_in: Run) -> None:
    outcome = take_in(*[b"nonsense"] * 100)

    assert outcome.code == 3
    assert outcome.err.count("no JSON") == 20
    assert "and 80 further problems" in outcome.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.bin", bytes(range(256)) * 300),
        ("blank.jsonl", b" \n"),
        ("empty.warc", b""),
        ("empty.warc.gz", gzip.compress(b"")),
    ],
)
def test_file_of_another_kind_is_refused_in_one_line(
    newskeep: Run, home: Home, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    outcome = newskeep("import", str(tmp_path / name))

    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.err.splitlines()) == 2  # with what to try


def test_file_that_cannot_be_read_costs_no_other(newskeep: Run, home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, content in enumerate([json.dumps(record("krone", 1), indent=2), "\0" * 99, "[]"], 1):
        (folder / f"{number}.json").write_text(content, encoding="utf-8")
    outcome = newskeep("import", "--json", str(folder))
    answer, refused, summary = outcome.records

    assert outcome.code == 3
    assert answer["relation"] == "new"
    assert summary["counts"] == {"new": 1, "skipped": 0, "failed": 1}
    assert "2.json holds neither captures" in refused["error"]
    assert "2.json holds neither captures" in outcome.err


def test_imported_article_is_found_by_the_stems_of_its_language(take_in: Run, newskeep: Run) -> None:
    body = "Die Züge standen still, und die Feuerwehr war mit den Wagen bei der Strecke, auf der das geschah. " * 3
    take_in(record("krone", 1, body))

    assert newskeep("search", "--json", "Zug").records


def test_row_of_the_view_imports_to_the_same_row(take_in: Run, engine: Engine) -> None:
    image = {"image_url": "https://krone.example/i.jpg", "image_caption": "Der Zug", "image_credit": "Eva Huber"}
    take_in(
        record("krone", 1, authors=["Eva Muster"], modified_at="2026-11-21T08:00Z", lead="Ein Vorspann",
               flags=["agency"], captured_at="2026-11-20T09:00Z", section="Chronik", tags=["Zug", "Linz"], **image)
    )  # fmt: skip
    (before,) = rows(engine)
    exported = json.loads(json.dumps(before, default=str).replace("krone", "kurier"))
    take_in(exported)
    _, after = rows(engine)
    own = {"id", "story_id"}

    assert all(value for name, value in before.items() if name not in own)
    assert json.dumps(after, default=str).replace("kurier", "krone").replace("a2", "a1") == json.dumps(
        before, default=str
    )


def rows(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as conn:
        return [dict(row._mapping) for row in conn.execute(sql("select * from v_articles order by id"))]


@pytest.mark.parametrize(("out", "code"), [("/dev/full", 6), ("closed pipe", 3)])
def test_what_cannot_be_printed_is_stored_all_the_same(
    home: Home, engine: Engine, tmp_path: Path, out: str, code: int
) -> None:
    (tmp_path / "articles.jsonl").write_text(json.dumps(record("krone", 1)) + "\nnonsense\n", encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    target = os.open(out, os.O_WRONLY) if out == "/dev/full" else writing
    command = [sys.executable, "-m", "cli.main", "import", "--json", str(tmp_path / "articles.jsonl")]
    ended = subprocess.run(command, stdout=target, stderr=subprocess.PIPE, check=False)
    os.close(target)

    assert ended.returncode == code, ended.stderr
    assert b"Traceback" not in ended.stderr
    assert len(rows(engine)) == 1


def test_line_longer_than_any_article_is_refused_without_being_held(take_in: Run) -> None:
    outcome = take_in(
        b'{"url": "https://a.example/", "body": "' + b"a" * 11_000_000 + b'"}', record("krone", 2), "--json"
    )

    assert [record.get("relation", "error") for record in outcome.records] == ["error", "new"]


def test_teasers_in_a_text_are_set_aside_and_kept(take_in: Run, newskeep: Run) -> None:
    teasers = [
        "OTHER NEWS",
        "3 hrs ago",
        "Cola trick",
        "3 hrs ago",
        "Horoskop der Woche",
        "4 hrs ago",
        "Wetter in Wien",
    ]
    outcome = take_in(record("krone", 1, "\n\n".join([text(1), *teasers])), "--json")

    shown = newskeep("show", outcome.records[0]["article"], "--removed")
    assert "Cola trick" in shown.out


def test_dry_run_checks_and_writes_nothing(home: Home, newskeep: Run, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(record("krone", 1)) + "\n{\n", encoding="utf-8")
    outcome = newskeep("import", "--dry-run", str(file))

    assert outcome.code == 3
    assert "1 article, 1 no article" in outcome.err
    assert "Nothing was found" in newskeep("search", "alles").err


def test_answers_name_the_story_that_earlier_articles_are_in_at_the_end(take_in: Run) -> None:
    beginning, end = ("\n\n".join(text(1).split("\n\n")[part]) for part in (slice(0, 4), slice(4, 8)))
    outcome = take_in(record("krone", 1, beginning), record("kurier", 1, end), record("presse", 1), "--json")

    assert [record["relation"] for record in outcome.records] == ["new", "new", "near_duplicate"]
    assert len({record["story_id"] for record in outcome.records}) == 1


class Interrupted(io.BytesIO):
    """A file that raises KeyboardInterrupt at its end."""

    def readinto(self, buffer: Any, /) -> int:
        number = super().readinto(buffer)
        if not number:
            raise KeyboardInterrupt
        return number


def test_interrupted_import_tells_what_was_stored(home: Home, newskeep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(json.dumps(record("krone", number)) + "\n" for number in range(1, SIZE + 2))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Interrupted(lines.encode())))
    outcome = newskeep("import", "--json", "-")

    assert outcome.code == 130
    assert [record["relation"] for record in outcome.records] == ["new"] * SIZE


@pytest.mark.parametrize("stated", ["0001-01-01", "9999-12-31T23:59+00:00", "2999-01-01", "1969-07-20T20:17+00:00"])
def test_article_of_any_stated_time_is_taken_in(take_in: Run, stated: str) -> None:
    times = {"published_at": stated, "captured_at": stated}
    outcome = take_in(record("krone", 1, **times), record("kurier", 1, copy_cut_to_a_third(1, 9), **times), "--json")

    assert [record["relation"] for record in outcome.records] == ["new", "near_duplicate"]
