"""`newskeep init`."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.embedded import EmbeddedServer
from cli.init import outlets_text, settings_text
from crawler.outlets.file import load_outlets, parse_outlets
from news.errors import SettingError
from news.settings import SETTINGS, read_settings
from tests.conftest import Outcome

Newskeep = Callable[..., Outcome]


@pytest.fixture
def place(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the data folder is to be, on an external database without a schema, and away from any compose file."""
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path / "news"))
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", empty_database_url)
    monkeypatch.delenv("NEWSKEEP_CONTACT", raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "news"


@pytest.fixture
def embedded(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL")
    server = EmbeddedServer(place / "postgres")
    yield server
    server.stop()


def test_everything_is_there_after_init(newskeep: Newskeep, place: Path) -> None:
    outcome = newskeep("init", "--contact", "archive@example.org", "--json")

    assert outcome.code == 0
    assert outcome.records[0]["next"].startswith("newskeep outlets add")
    assert {path.name for path in place.iterdir()} >= {"captures", "outlets.toml", "newskeep.toml", ".env"}
    assert load_outlets(place / "outlets.toml").contact == "archive@example.org"
    assert newskeep("db", "status").code == 0
    assert newskeep("doctor").code == 0


def test_embedded_database_is_made_when_none_is_named(newskeep: Newskeep, embedded: EmbeddedServer) -> None:
    assert newskeep("init").code == 0
    assert embedded.state().running


def test_without_contact_the_next_step_is_to_give_one(newskeep: Newskeep, place: Path) -> None:
    outcome = newskeep("init")

    assert "put your contact into" in outcome.err
    assert load_outlets(place / "outlets.toml").contact is None


def test_second_init_changes_nothing(newskeep: Newskeep, place: Path) -> None:
    newskeep("init")
    files = ("outlets.toml", "newskeep.toml", ".env")
    for name in files:
        (place / name).write_text("# mine\n")

    outcome = newskeep("init", "--json")

    assert outcome.records[0]["made"] == []
    assert [(place / name).read_text() for name in files] == ["# mine\n"] * 3


@pytest.mark.parametrize("first", [(), ("--contact", "old@example.org")])
def test_a_contact_is_set_in_files_that_exist(newskeep: Newskeep, place: Path, first: tuple[str, ...]) -> None:
    newskeep("init", *first)
    password = (place / ".env").read_text().splitlines()[1]
    assert newskeep("outlets", "add", "https://www.example.org", "--no-look").code == 0

    planned = newskeep("init", "--contact", "o'new@example.org", "--dry-run", "--json").records[0]["made"]
    outcome = newskeep("init", "--contact", "o'new@example.org", "--json")

    assert outcome.records[0]["made"] == planned == [f"contact in {place / name}" for name in ("outlets.toml", ".env")]
    outlets = load_outlets(place / "outlets.toml")
    assert (outlets.contact, [outlet.name for outlet in outlets.outlets]) == ("o'new@example.org", ["example"])
    assert (place / ".env").read_text().splitlines()[1:] == [password, "NEWSKEEP_CONTACT='o\\'new@example.org'"]
    assert newskeep("init", "--contact", "o'new@example.org", "--json").records[0]["made"] == []
    assert f"  changed  contact in {place}" in newskeep("init", "--contact", "third@example.org").err


def test_a_contact_goes_above_the_tables_of_a_file_without_one(newskeep: Newskeep, place: Path) -> None:
    newskeep("init")
    (place / "outlets.toml").write_text('[defaults]\n# contact = "a"\nevery = "1h"\n')
    newskeep("init", "--contact", "a@example.org")
    assert (place / "outlets.toml").read_text() == (
        'contact = "a@example.org"\n[defaults]\n# contact = "a"\nevery = "1h"\n'
    )


def test_a_contact_that_the_environment_overrides_is_named(
    newskeep: Newskeep, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_CONTACT", "other@example.org")
    assert "other@example.org and has precedence" in newskeep("init", "--contact", "a@example.org").err


def test_a_folder_in_which_nothing_can_be_made_is_named(
    newskeep: Newskeep, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.mkdir()
    (place / "captures").write_text("a file")
    outcome = newskeep("init")
    assert (outcome.code, f"{place / 'captures'} cannot be made" in outcome.err) == (4, True)

    monkeypatch.setenv("NEWSKEEP_HOME", "/proc")
    outcome = newskeep("init")
    assert (outcome.code, "/proc/captures cannot be made" in outcome.err) == (4, True)


def test_init_makes_again_what_was_taken_away(newskeep: Newskeep, place: Path) -> None:
    newskeep("init")
    (place / "newskeep.toml").unlink()

    assert newskeep("init", "--json").records[0]["made"] == [str(place / "newskeep.toml")]


def test_dry_run_names_everything_and_makes_nothing(newskeep: Newskeep, place: Path) -> None:
    outcome = newskeep("init", "--dry-run", "--json")

    assert not place.exists()
    assert newskeep("init", "--json").records[0]["made"] == outcome.records[0]["made"]


def test_password_is_new_each_time_and_for_our_eyes_only(newskeep: Newskeep, place: Path) -> None:
    newskeep("init")
    first = (place / ".env").read_text()
    (place / ".env").unlink()
    newskeep("init")

    assert (place / ".env").stat().st_mode & 0o777 == 0o600
    assert "POSTGRES_PASSWORD=" in first
    assert (place / ".env").read_text() != first


def test_env_lies_beside_the_compose_file_that_reads_it(newskeep: Newskeep, place: Path) -> None:
    Path("docker-compose.yml").touch()

    newskeep("init")

    assert Path(".env").exists()
    assert not (place / ".env").exists()


@pytest.mark.parametrize("contact", ["somebody", "a@b\nx: y", "a@b\x00"])
def test_unreachable_contact_is_refused(newskeep: Newskeep, place: Path, contact: str) -> None:
    outcome = newskeep("init", "--contact", contact)

    assert outcome.code == 4
    assert not place.exists()


@pytest.mark.parametrize("contact", ['"o\'brien\\"@example.org', "https://example.org/bot", "ärchiv@example.org"])
def test_contact_is_written_so_that_it_reads_back(contact: str) -> None:
    assert parse_outlets(outlets_text(contact)).contact == contact


def test_outlets_file_without_its_comment_marks_is_still_right() -> None:
    bare = (
        outlets_text(None)
        .replace("# [", "[")
        .replace("# url", "url")
        .replace("# every", "every")
        .replace("# delay", "delay")
    )

    assert [outlet.url for outlet in parse_outlets(bare.replace("# contact", "contact")).outlets] == [
        "https://www.example.org"
    ]


def test_settings_file_without_its_comment_marks_gives_the_defaults() -> None:
    lines = [line.removeprefix("# ") for line in settings_text().splitlines() if " = " in line]

    given = tomllib.loads("\n".join(lines))
    assert list(given) == [setting.name for setting in SETTINGS if setting.name != "NEWSKEEP_HOME"]
    assert read_settings(given).values == read_settings({}).values


def test_home_that_cannot_be_made_is_named(newskeep: Newskeep, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write_text("a file")

    outcome = newskeep("init")

    assert outcome.code == 4
    assert str(place) in outcome.err


def test_unreadable_contact_raises_setting_error() -> None:
    with pytest.raises(SettingError, match="neither a mail nor a web address"):
        outlets_text("nobody")
