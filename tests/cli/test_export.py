"""`newskeep export`: what is written; that it can be made again to the byte, and goes on after an interruption."""

import csv
import hashlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
from sqlalchemy import text
from warcio.archiveiterator import ArchiveIterator

from archive.export.format import formats
from archive.home import Home
from cli.export import FORMATS
from news.article import Flag, Image
from tests.cli.conftest import PAGE, URL, Newskeep
from tests.newsroom import LONG, NOW, OTHER, Newsroom, article

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {"README.md", "codebook.csv", "coverage.csv", "gaps.csv", "dataset.json", "CITATION.cff", "SHA256SUMS"}


@pytest.fixture
def archive(article_id: str, newsroom: Newsroom) -> Newsroom:
    """An article in two revisions, its copy at another outlet, both with captures; and another without one."""
    newsroom.store(
        article("https://presse.example/c", OTHER, headline="=HYPERLINK(1)", language="en", authors=("Eva", "Jan"))
    )
    return newsroom


def now(newsroom: Newsroom) -> str:
    return newsroom.rows("select clock_timestamp()")[0][0].isoformat()


def data(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in DOCUMENTS}


def test_a_search_is_exported_with_every_column_of_the_view(archive: Newsroom, newskeep: Newskeep) -> None:
    outcome = newskeep("export", "wort1 -word1")
    view = archive.rows("select to_jsonb(v) from v_articles v where outlet <> 'presse' order by first_captured_at")

    assert outcome.code == 0
    assert [record["id"] for record in outcome.records] == [row["id"] for (row,) in view]
    for record, (row,) in zip(outcome.records, view, strict=True):
        assert {name: record[name] for name in row} == row
        assert record["rules"] == "1"


def test_the_selection_is_that_of_search(archive: Newsroom, newskeep: Newskeep) -> None:
    def outlets(*words: str) -> list[str]:
        return [record["outlet"] for record in newskeep("export", *words).records]

    assert outlets("--all") == ["krone", "kurier", "presse"]
    assert outlets("--lang", "en") == ["presse"]
    assert outlets("--outlet", "https://krone.example/") == ["krone"]
    assert outlets("wort1", "--outlet", "kurier") == ["kurier"]
    assert outlets("--to", f"{NOW:%Y-%m-%d}") == ["krone", "kurier", "presse"]
    assert outlets("--from", "2030-01-01") == []
    assert outlets("die") == []  # nothing but stop words
    assert [newskeep("export", *words).code for words in ((), ("",), ("  ",))] == [2, 2, 2]
    assert newskeep("export", "--outlet", "nirgends").code == 2


def test_revisions_and_stories_have_files_of_their_own(archive: Newsroom, newskeep: Newskeep, tmp_path: Path) -> None:
    newskeep("export", "--all", "--revisions", "--stories", "--into", str(tmp_path / "set"))
    rows = {
        name: [json.loads(line) for line in (tmp_path / "set" / f"{name}.jsonl").read_text().splitlines()]
        for name in ("articles", "revisions", "stories")
    }

    shown = [(row["number"], row["outlet"], row["headline"]) for row in rows["revisions"]]
    assert shown == [
        (1, "krone", "Zug entgleist"),
        (1, "kurier", "Zug aus den Schienen"),
        (2, "krone", "Zug entgleist: elf Tote"),
        (1, "presse", "=HYPERLINK(1)"),
    ]
    assert rows["revisions"][0]["valid_to"] == rows["revisions"][2]["valid_from"]
    assert [row["articles"] for row in rows["stories"]] == [2, 1]
    assert rows["stories"][0]["article_ids"] == [row["id"] for row in rows["articles"]][:2]


def test_a_dataset_comes_with_its_documentation(archive: Newsroom, newskeep: Newskeep, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    outcome = newskeep("export", "wort1", "--format", "csv", "--format", "jsonl", "--into", str(folder), "--json")
    written = {path.name for path in folder.iterdir()}

    assert written == {"articles.csv", "articles.jsonl", *DOCUMENTS}
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    shown = newskeep("exports", "show", "1").out
    assert all(file["sha256"] in shown for file in outcome.records[0]["files"])
    described = json.loads((folder / "dataset.json").read_text())
    assert described["files"] == outcome.records[0]["files"]
    assert described["request"]["query"] == "wort1"
    assert described["rules"] == {"1": 2}
    codebook = list(csv.DictReader(io.StringIO((folder / "codebook.csv").read_text())))
    with (folder / "articles.csv").open(newline="") as file:
        assert [row["column"] for row in codebook] == next(csv.reader(file))
    coverage = list(csv.DictReader(io.StringIO((folder / "coverage.csv").read_text())))
    assert [(row["outlet"], row["articles"], row["days"]) for row in coverage] == [
        ("krone", "1", "1"),
        ("kurier", "1", "1"),
    ]
    assert "type: dataset" in (folder / "CITATION.cff").read_text()
    assert "tests@example.org" in (folder / "CITATION.cff").read_text()
    assert "“wort1”" in (folder / "README.md").read_text()


def test_the_same_bytes_come_later_after_crawls_rereading_and_removal(
    archive: Newsroom, newskeep: Newskeep, tmp_path: Path
) -> None:
    asked = [
        "export",
        "wort1",
        "--revisions",
        "--stories",
        "--format",
        "jsonl",
        "--format",
        "excel",
        "--format",
        "wacz",
    ]
    newskeep(*asked, "--into", str(tmp_path / "first"))
    number = newskeep("exports", "list", "--json").records[0]["export"]
    as_of = newskeep("exports", "show", str(number), "--json").records[0]["as_of"]

    archive.store(article(URL, OTHER, headline="Nichts mehr davon"), article("https://krone.example/n", LONG + " neu"))
    with archive.engine.begin() as conn:
        conn.execute(text("update articles set flags = '{withdrawn}', first_captured_at = '2020-01-01'"))
        conn.execute(text("update articles set story_id = (select max(id) from stories)"))
        conn.execute(text("insert into readings (capture_id, rules, text_digest, fields) "
                          "select capture_id, '2', text_digest, '{}' from readings"))  # fmt: skip
    removal = ["remove", "--reason", "takedown", "--yes", "--no-scrub", "--json"]
    assert newskeep(*removal, "https://presse.example/c").records[-1]["exports"] == []

    newskeep(*asked, "--as-of", as_of, "--into", str(tmp_path / "later"))
    remade = newskeep("exports", "remake", str(number), "--into", str(tmp_path / "remade"))
    assert data(tmp_path / "first") == data(tmp_path / "later") == data(tmp_path / "remade")
    assert (remade.code, remade.err.splitlines()[-1]) == (0, f"the same to the byte as export {number}")
    present = newskeep("export", "wort1").records
    assert ["Nichts mehr davon" in record["headline"] for record in present] == [False, False]
    folders = sorted(str(tmp_path / name) for name in ("first", "later", "remade"))
    assert newskeep(*removal, URL).records[-1]["exports"] == folders


def test_the_archive_before_an_article_came_has_no_trace_of_it(newsroom: Newsroom, newskeep: Newskeep) -> None:
    newsroom.store(article())
    before = now(newsroom)
    newsroom.store(article(body=LONG + " Nachtrag", headline="Anders"), article("https://kurier.example/b"))

    then = newskeep("export", "--all", "--as-of", before).records
    assert [(record["outlet"], record["headline"], record["revisions"]) for record in then] == [
        ("krone", "Zug entgleist", 1)
    ]
    assert newskeep("export", "nachtrag", "--as-of", before).records == []
    assert len(newskeep("export", "nachtrag").records) == 1


def test_a_time_that_is_not_over_is_refused(archive: Newsroom, newskeep: Newskeep) -> None:
    with archive.engine.begin() as conn:  # somebody writes, with the time of now
        began = conn.execute(text("select now()")).scalar_one().isoformat()
        refused = newskeep("export", "--all", "--as-of", began)
    assert (refused.code, "is not over yet" in refused.err) == (2, True)
    assert newskeep("export", "--all", "--as-of", began).code == 0
    assert newskeep("export", "--all", "--as-of", "2999-01-01").code == 2


def test_an_interrupted_export_goes_on_and_gives_the_same(
    archive: Newsroom, newskeep: Newskeep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.export.writing._CHECKPOINT", 1)
    asked = ["export", "--all", "--revisions", "--format", "jsonl", "--format", "csv", "--format", "warc", "--into"]
    newskeep(*asked, str(tmp_path / "whole"))
    as_of = newskeep("exports", "show", "1", "--json").records[0]["as_of"]
    written: list[int] = []

    def interrupt(part: Any, *rest: Any) -> Any:
        written.append(1)
        if len(written) % 3 == 0:
            raise KeyboardInterrupt
        return original(part, *rest)

    import archive.export.writing as writing

    original = writing._write
    monkeypatch.setattr(writing, "_write", interrupt)
    codes = [newskeep(*asked, str(tmp_path / "parts"), "--as-of", as_of).code]
    while codes[-1] == 130 and len(codes) < 20:
        codes.append(newskeep(*asked, str(tmp_path / "parts"), "--as-of", as_of).code)
    assert (codes[0], codes[-1]) == (130, 0)
    assert data(tmp_path / "parts") == data(tmp_path / "whole")
    assert len(newskeep("exports", "list", "--json").records) == 2


def test_an_unfinished_export_is_not_mixed_with_another(
    archive: Newsroom, newskeep: Newskeep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("archive.export.folder.write_documents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert newskeep("export", "--all", "--into", str(tmp_path / "set")).code == 130
    assert "unfinished" in newskeep("exports", "list").out
    assert newskeep("exports", "remake", "1", "--into", str(tmp_path / "again")).code == 2
    assert "something else" in newskeep("export", "wort1", "--into", str(tmp_path / "set")).err
    assert newskeep("export", "--all", "--into", str(tmp_path / "set")).code == 0
    again = newskeep("export", "--all", "--into", str(tmp_path / "set")).err
    assert "not empty" in again
    assert "name a new folder with --into" in again


# --- formats


@pytest.fixture
def dataset(archive: Newsroom, newskeep: Newskeep, tmp_path: Path) -> Path:
    """Everything in every format."""
    assert list(formats()) == FORMATS
    every = [part for name in FORMATS for part in ("--format", name)]
    assert newskeep("export", "--all", *every, "--into", str(tmp_path / "set")).code == 0
    return tmp_path / "set"


def test_every_table_format_has_the_same_rows_in_duckdb(dataset: Path) -> None:
    def rows(source: str) -> list[tuple[Any, ...]]:
        chosen = "id, outlet, headline, body, words, first_captured_at, array_to_string(authors, ' | ')"
        return duckdb.sql(f"select {chosen} from {source} order by id").fetchall()

    expected = rows(f"read_json('{dataset}/articles.jsonl')")
    assert [row[1] for row in expected] == ["krone", "kurier", "presse"]
    assert expected[2][6] == "Eva | Jan"
    assert rows(f"'{dataset}/articles.parquet'") == expected
    for opened in re.findall(r"`(from [^`]+)`", (ROOT / "docs" / "export.md").read_text(encoding="utf-8")):
        there = re.sub(r"'(\w)", rf"'{dataset}/\1", opened)
        assert duckdb.sql(f"select count(*) {there}").fetchall() == [(3,)]
    in_csv = rows(f"(select * replace ([authors] as authors) from read_csv('{dataset}/articles.csv'))")
    assert [(*row[:6], row[6] or "") for row in in_csv] == expected


def test_no_cell_for_excel_is_a_formula_or_too_long(newsroom: Newsroom, newskeep: Newskeep) -> None:
    texts = ["=1+1", " +49 1", "-1", "@SUM(A1)", "\uff1d1", "harmlos - hier"]
    newsroom.store(*(article(f"https://o{n}.example/", LONG, headline=text) for n, text in enumerate(texts)))
    newsroom.store(article("https://krone.example/long", "lang " * 10_000, headline="lang"))
    rows = list(csv.DictReader(io.StringIO(newskeep("export", "--all", "--format", "excel").out)))

    assert next(iter(rows[0])) == "\ufeffid"
    assert [row["headline"] for row in rows[:6]] == [*(f"'{text}" for text in texts[:5]), texts[5]]
    assert (len(rows[6]["body"]), rows[6]["body"][-7:]) == (32_767, "… [cut]")


def test_parquet_without_its_library_names_the_extra(
    archive: Newsroom, newskeep: Newskeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    outcome = newskeep("export", "--all", "--format", "parquet")
    assert (outcome.code, "pip install 'newskeep[parquet]'" in outcome.err) == (4, True)


def test_an_item_of_ninjs_has_its_fields_where_the_standard_wants_them(dataset: Path) -> None:
    item = json.loads((dataset / "articles.ninjs.jsonl").read_text().splitlines()[0])

    assert item["uri"] == URL
    assert item["standard"]["version"] == "2.1"
    assert item["headlines"] == [{"role": "main", "value": "Zug entgleist: elf Tote"}]
    assert item["bodies"][0]["value"].startswith("Wort0")
    assert item["version"] == "2"


def test_a_warc_has_the_captured_bytes_and_says_whose_they_are(dataset: Path, article_id: str) -> None:
    with (dataset / "captures.warc.gz").open("rb") as file:
        records = [
            (record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file, check_digests="raise")
        ]

    assert [kind for kind, _ in records] == ["warcinfo", "response", "metadata", "response", "metadata"]
    assert [content for kind, content in records if kind == "response"] == [PAGE, PAGE + b"2"]
    assert f"article: {article_id}\r\nrevision: 2\r\ntitle: Zug entgleist: elf Tote\r\n".encode() == records[4][1]


def test_a_wacz_has_sound_digests_and_an_index_that_finds_each_page(dataset: Path) -> None:
    with ZipFile(dataset / "captures.wacz") as package:
        listed = json.loads(package.read("datapackage.json"))["resources"]
        assert {resource["path"] for resource in listed} == set(package.namelist()[:-2])
        for resource in listed:
            digest = hashlib.sha256(package.read(resource["path"])).hexdigest()
            assert resource["hash"] == f"sha256:{digest}"
        warc, index = package.read("archive/data.warc.gz"), package.read("indexes/index.cdx").decode().splitlines()
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]

    assert warc == (dataset / "captures.warc.gz").read_bytes()
    assert sorted(index) == index
    places = [json.loads(line.split(" ", 2)[2]) for line in index]
    found = [next(iter(ArchiveIterator(io.BytesIO(warc[int(place["offset"]) :])))) for place in places]
    assert [record.rec_headers["WARC-Target-URI"] for record in found] == [place["url"] for place in places]
    assert {page["title"] for page in pages} == {"Zug entgleist: elf Tote", "Zug aus den Schienen"}


def test_a_damaged_capture_is_left_out_and_named(
    archive: Newsroom, home: Home, newskeep: Newskeep, tmp_path: Path
) -> None:
    (file,) = home.captures.glob("*.warc.gz")
    (offset,) = archive.rows("select record_offset from captures order by id limit 1")[0]
    content = bytearray(file.read_bytes())
    content[offset + 30] ^= 255
    file.write_bytes(content)
    outcome = newskeep("export", "--all", "--revisions", "--format", "warc", "--into", str(tmp_path / "set"))

    assert (outcome.code, "damaged: captures.warc.gz lacks 1 capture" in outcome.err) == (8, True)
    assert "; 1 damaged capture is missing" in (tmp_path / "set" / "README.md").read_text()


# --- and back


def test_revisions_that_are_imported_again_give_the_same_archive(
    archive: Newsroom, newskeep: Newskeep, tmp_path: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.store(
        article("https://presse.example/d", LONG + "\n\nEin zweiter Absatz.", tags=("Bahn", "Linz"), section="Chronik",
                image=Image("https://presse.example/d.jpg", "Der Zug", "APA"), flags=frozenset({Flag.LIVE_BLOG}))
    )  # fmt: skip
    asked = ["export", "--all", "--revisions", "--stories", "--removed", "--into"]
    assert newskeep(*asked, str(tmp_path / "here")).err.count("rows") == 3
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path / "other"))
    newskeep("db", "upgrade")
    assert newskeep("import", str(tmp_path / "here" / "revisions.jsonl")).code == 0
    newskeep(*asked, str(tmp_path / "there"))

    same = {"rules": "", "language": ""}  # a language has two letters, as crawls and imports name it
    for name in ("articles", "revisions", "stories"):
        here, there = (
            [json.loads(line) | same for line in (tmp_path / place / f"{name}.jsonl").read_text().splitlines()]
            for place in ("here", "there")
        )
        assert there == here
