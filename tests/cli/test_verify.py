"""`newskeep verify` finds a changed byte wherever it is, names the article, and repairs files from a second copy."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.captures.upload import upload_finished
from archive.home import Home, find_home
from news.article import parse_id
from tests.cli.conftest import Newskeep

# Each column with text or a digest, the SQL of the articles of its row, and where the rows of an article are.
COLUMNS = {
    "texts.body": "t.digest in (select text_digest from revisions where article_id = {id})",
    "texts.letters": "t.digest in (select text_digest from revisions where article_id = {id})",
    "revisions.headline": "t.article_id = {id}",
    "revisions.lead": "t.article_id = {id}",
    "revisions.wording_digest": "t.article_id = {id}",
    "readings.rules": "t.id in (select reading_id from revisions where article_id = {id})",
    "blocks.text": "t.reading_id in (select reading_id from revisions where article_id = {id})",
    "blocks.rule": "t.reading_id in (select reading_id from revisions where article_id = {id})",
    "articles.canonical_url": "t.id = {id}",
    "articles.url": "t.id = {id}",
    "captures.digest": "t.id in (select capture_id from readings join revisions r on r.reading_id = readings.id"
    " where article_id = {id})",
    "captures.record_digest": "t.id in (select capture_id from readings join revisions r on r.reading_id = readings.id"
    " where article_id = {id})",
}


def damages(newskeep: Newskeep, *options: str) -> list[dict[str, object]]:
    """Return what `verify` found; its exit code has to fit."""
    outcome = newskeep("verify", "--json", *options)
    found = [record for record in outcome.records if record["type"] == "damage"]
    assert outcome.code == (8 if any(not damage["repaired"] for damage in found) else 0), outcome.err
    return found


def named(found: list[dict[str, object]]) -> set[str]:
    return {article["id"] for damage in found for article in damage["articles"]}


@pytest.fixture
def file(home: Home, article_id: str) -> Path:
    """Return the file that holds the captures of the article in two revisions and of its copy."""
    [path] = home.captures.glob("*.warc.gz")
    return path


@pytest.fixture
def row(article_id: str) -> int:
    """Return the key of the article's row."""
    return parse_id(article_id)[1]


def flip(engine: Engine, column: str, article: int, chance: random.Random) -> Callable[[], None]:
    """Flip one bit of the column in a row of the article; text stays text. Return what flips it back."""
    table, name = column.split(".")
    where = COLUMNS[column].format(id=article)
    with engine.connect() as conn:
        rows = conn.execute(text(f"select {name} from {table} t where {where} and {name} is not null")).all()
    (value,) = chance.choice(rows)
    is_text = isinstance(value, str)
    changed = bytearray(value.encode() if is_text else value)
    place = chance.choice([n for n, byte in enumerate(changed) if byte < 128] if is_text else range(len(changed)))
    changed[place] ^= 1 << (0 if is_text else chance.randrange(8))
    new = changed.decode() if is_text else bytes(changed)

    def write(old: object, new: object) -> None:
        with engine.begin() as conn:
            conn.execute(text("set local session_replication_role = replica"))
            statement = f"update {table} t set {name} = :new where {where} and {name} = :old"
            conn.execute(text(statement), {"new": new, "old": old})

    write(value, new)
    return lambda: write(new, value)


def test_an_archive_as_it_was_stored_is_whole(newskeep: Newskeep, article_id: str, engine: Engine) -> None:
    outcome = newskeep("verify", "--json")

    (summary,) = outcome.records
    assert outcome.code == 0
    assert summary["checked"].keys() >= {"captures", "texts", "readings", "revisions", "articles", "references"}
    assert summary["checked"]["articles"] == 2
    with engine.connect() as conn:
        assert conn.scalar(text("select count(*) from capture_files where verified_at is not null")) == 1


def test_a_flipped_byte_in_any_row_is_found_by_article(
    newskeep: Newskeep, engine: Engine, article_id: str, row: int
) -> None:
    for column in COLUMNS:
        back = flip(engine, column, row, random.Random(column))

        assert article_id in named(damages(newskeep)), column
        back()
    assert damages(newskeep) == []


def test_any_flipped_byte_of_a_capture_is_found_by_article(
    newskeep: Newskeep, engine: Engine, file: Path, article_id: str
) -> None:
    whole, chance = file.read_bytes(), random.Random(20261201)
    with engine.connect() as conn:
        records = conn.execute(text("select record_offset, record_length, url from captures order by 1")).all()
    for _ in range(12):
        offset, length, url = chance.choice(records)
        place = offset + chance.randrange(length)
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)

        found = damages(newskeep)

        assert [damage["place"] for damage in found] == [f"{file.name}@{offset}"], place
        assert url in {article["url"] for damage in found for article in damage["articles"]}
    file.write_bytes(whole)
    assert damages(newskeep) == []


def test_a_byte_between_the_captures_is_found_too(newskeep: Newskeep, engine: Engine, file: Path) -> None:
    damages(newskeep)  # the file's digest is known from now on
    whole = file.read_bytes()
    for place in (4, 60, len(whole) - 9):  # packing of the first record, its text, and the last request
        changed = bytearray(whole)
        changed[place] ^= 2
        file.write_bytes(changed)

        assert damages(newskeep), place


def test_a_damaged_file_is_repaired_from_a_second_copy(
    newskeep: Newskeep, file: Path, article_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(file.parent, tmp_path / "copies")
    monkeypatch.setenv("CAPTURE_COPIES", f"{tmp_path / 'none'}, {tmp_path / 'copies'}")
    whole = file.read_bytes()
    file.write_bytes(whole[:500] + b"!" + whole[501:])

    assert [damage["repaired"] for damage in damages(newskeep)] == [True]
    assert file.read_bytes() == whole
    file.unlink()
    assert article_id in named(damages(newskeep))
    assert file.read_bytes() == whole


def test_a_damaged_copy_repairs_nothing(
    newskeep: Newskeep, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTURE_COPIES", str(tmp_path / "copies"))
    (tmp_path / "copies").mkdir()
    whole = file.read_bytes()
    (tmp_path / "copies" / file.name).write_bytes(whole[:900] + b"!" + whole[901:])
    file.write_bytes(whole[:500] + b"!" + whole[501:])

    assert [damage["repaired"] for damage in damages(newskeep)] == [False]


CHANGES = {
    "update revisions set number = 7 where number = 2": "articles",
    "update revisions set valid_to = valid_to - interval '1 hour' where number = 1": "articles",
    "update articles set search = to_tsvector('x')": "articles",
    "update crawls set links = links + 1": "crawls",
    "update coverage set new = new + 1": "crawls",
    "update links set url_key = 1 where article_id is not null and url like '%krone%'": "links",
    "delete from stories": "references",
    "delete from revisions": "references",
}


def test_chains_references_and_books_are_checked(newskeep: Newskeep, engine: Engine, article_id: str) -> None:
    for change, check in CHANGES.items():
        with engine.begin() as conn:
            conn.execute(text("set local session_replication_role = replica"))
            conn.execute(text(change))

        assert check in {damage["check"] for damage in damages(newskeep)}, change


def test_a_sample_or_an_outlet_is_checked_alone(newskeep: Newskeep, engine: Engine, article_id: str, row: int) -> None:
    flip(engine, "texts.body", row, random.Random(1))

    assert damages(newskeep, "--outlet", "kurier") == []
    assert article_id in named(damages(newskeep, "--outlet", "krone"))
    assert article_id in named(damages(newskeep, "--sample", "9"))
    assert newskeep("verify", "--sample", "9", "--all").code == 2


def test_damage_that_is_gone_ends_its_alert(newskeep: Newskeep, engine: Engine, article_id: str, row: int) -> None:
    def open_alerts() -> list[str]:
        return [record["rule"] for record in newskeep("health", "--json").records
                if record["type"] == "alert" and not record["ended_at"]]  # fmt: skip

    flip(engine, "revisions.lead", row, random.Random(3))
    shown = newskeep("verify").out
    assert article_id in shown
    assert "Zug entgleist" in shown
    assert open_alerts() == ["archive_damaged"]
    with engine.begin() as conn:
        conn.execute(text("update revisions set seal = null"))

    assert damages(newskeep) == []
    assert open_alerts() == []


def test_a_file_in_the_store_is_checked_and_repaired_there(
    newskeep: Newskeep, engine: Engine, file: Path, article_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stored = file.read_bytes(), tmp_path / "store" / file.name
    shutil.copytree(file.parent, tmp_path / "copies")
    stored.parent.mkdir()
    monkeypatch.setenv("CAPTURE_STORE", f"file://{stored.parent}")
    assert upload_finished(engine, find_home())
    assert not file.exists()
    assert damages(newskeep) == []
    stored.write_bytes(whole[:500] + b"!" + whole[501:])

    assert article_id in named(damages(newskeep))
    monkeypatch.setenv("CAPTURE_COPIES", f"file://{tmp_path / 'copies'}")
    assert [damage["repaired"] for damage in damages(newskeep)] == [True]
    assert stored.read_bytes() == whole
    assert not file.exists()
