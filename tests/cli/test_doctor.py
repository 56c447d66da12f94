"""`newskeep doctor` names each fault and the command that repairs it, and reports no fault where there is none."""

import fcntl
import gzip
import shlex
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.alerts import open_alert
from archive.home import Home
from cli.checks.data_folder import judge_disk
from cli.checks.database import judge_clock
from cli.checks.finding import Finding, FindingState, exit_code
from tests.conftest import Outcome
from tests.newsroom import Newsroom, article

Newskeep = Callable[..., Outcome]
RECORD = gzip.compress(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n\r\n\r\n")


def checks(outcome: Outcome) -> dict[str, dict[str, str]]:
    return {record["name"]: record for record in outcome.records if record["type"] == "check"}


def remember(engine: Engine, file: str, end: int, captured_at: str = "now()") -> None:
    columns = "url, url_key, status, size, digest, file, record_offset, record_length, captured_at"
    values = f"'https://www.krone.at/1', 1, 200, 1, '', '{file}', 0, {end}, {captured_at}"
    statement = f"insert into captures ({columns}) values ({values})"
    with engine.begin() as connection:
        connection.execute(text(statement))


def test_good_home_has_nothing_to_mend(newskeep: Newskeep, home: Home) -> None:
    outcome = newskeep("doctor", "--json")

    found = checks(outcome)
    assert outcome.code == 0
    assert {name for name, check in found.items() if check["state"] == "fine"} == {
        "data folder", "database", "schema", "clock", "captures", "health", "disk", "contact",
    }  # fmt: skip
    assert outcome.records[-1] == {"v": 1, "type": "summary", "bad": 0, "exit_code": 0}


def test_missing_home_leads_to_init(newskeep: Newskeep, home: Home) -> None:
    home.path.rmdir()

    outcome = newskeep("doctor")

    assert outcome.code == 4
    assert "newskeep init" in outcome.out
    assert not home.path.exists()


def test_unreachable_database_is_six_and_the_rest_is_still_checked(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", "postgresql://keeper:sesame@127.0.0.1:1/news")
    monkeypatch.setenv("DATABASE_WAIT_SECONDS", "0")

    outcome = newskeep("doctor", "--json")

    found = checks(outcome)
    assert outcome.code == 6
    assert found["database"]["state"] == "bad"
    assert "sesame" not in outcome.out
    assert {"disk", "contact", "outlets.toml"} <= found.keys()


@pytest.mark.parametrize(
    ("rule", "subject", "code", "remedy"),
    [
        ("outlet_set_aside", "krone", 4, "newskeep outlets on krone"),
        ("no_worker", "machine", 4, "newskeep worker"),
        ("silent_outlet", "krone", 0, "newskeep health"),
    ],
)
def test_open_alert_is_to_be_mended_unless_the_outlet_is_merely_unusual(
    newskeep: Newskeep, engine: Engine, rule: str, subject: str, code: int, remedy: str
) -> None:
    with engine.begin() as connection:
        open_alert(connection, rule, subject, {"deaths": 3})

    outcome = newskeep("doctor", "--json")

    assert outcome.code == code
    assert checks(outcome)["health"]["remedy"] == remedy


def test_schema_that_does_not_fit_is_six(newskeep: Newskeep, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    outcome = newskeep("doctor", "--json")

    assert outcome.code == 6
    assert checks(outcome)["schema"]["state"] == "bad"


def test_database_that_takes_no_writes_is_six_and_the_rest_is_still_checked(
    newskeep: Newskeep, engine: Engine, newsroom: Newsroom
) -> None:
    newsroom.store(article())
    newsroom.close()
    newsroom.crawls.clear()
    with engine.begin() as connection:
        name = connection.execute(text("select quote_ident(current_database())")).scalar_one()
        connection.execute(text(f"alter database {name} set default_transaction_read_only = on"))

    outcome = newskeep("doctor", "--json")

    found = checks(outcome)
    assert outcome.code == 6
    assert found["health"]["state"] == "bad"
    assert "read-only transaction" in found["health"]["text"]
    assert {"disk", "contact", "outlets.toml"} <= found.keys()


@pytest.mark.parametrize(("part", "mode"), [(".", 0o777), ("captures", 0o757), (".env", 0o644), ("postgres", 0o755)])
def test_part_that_is_open_to_others_comes_with_the_command_that_closes_it(
    newskeep: Newskeep, home: Home, part: str, mode: int
) -> None:
    path = home.path / part
    if part == ".env":
        path.touch()
    else:
        path.mkdir(exist_ok=True)
    path.chmod(mode)

    outcome = newskeep("doctor", "--json")
    check = checks(outcome)["data folder"]
    subprocess.run(shlex.split(check["remedy"]), check=True)

    assert (outcome.code, check["state"]) == (4, "bad")
    assert newskeep("doctor").code == 0


@pytest.mark.parametrize(
    ("line", "code"), [('NEWSKEEP_DATABASE_URL = "postgresql://a:b@c/d"', 4), ("CRAWL_DELAY_SECONDS = 3", 0)]
)
def test_settings_file_is_a_secret_only_when_it_names_the_database(
    newskeep: Newskeep, home: Home, line: str, code: int
) -> None:
    (home.path / "newskeep.toml").write_text(line)
    (home.path / "newskeep.toml").chmod(0o644)

    assert newskeep("doctor").code == code


def test_mistakes_in_outlets_toml_are_shown(newskeep: Newskeep, home: Home) -> None:
    home.outlets_file.write_text('[[outlet]]\nurl = "https://www.krone.at"\nlangauge = "de"\n')

    outcome = newskeep("doctor")

    assert outcome.code == 4
    assert "outlets.toml:3:1" in outcome.out


def test_contact_may_stand_in_outlets_toml(newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSKEEP_CONTACT")
    without = newskeep("doctor", "--json")
    home.outlets_file.write_text('contact = "archive@example.org"\n')

    assert (without.code, checks(without)["contact"]["state"]) == (4, "bad")
    assert checks(newskeep("doctor", "--json"))["contact"]["text"] == "archive@example.org"


def test_capture_file_shorter_than_its_rows_is_damage(newskeep: Newskeep, home: Home, engine: Engine) -> None:
    home.captures.mkdir()
    (home.captures / "a.warc.gz").write_bytes(RECORD[:-1])
    remember(engine, "a.warc.gz", len(RECORD))

    outcome = newskeep("doctor", "--json")

    assert outcome.code == 8
    assert "a.warc.gz" in checks(outcome)["captures"]["text"]


def test_lost_capture_file_is_damage(newskeep: Newskeep, home: Home, engine: Engine) -> None:
    remember(engine, "lost.warc.gz", 10)

    assert newskeep("doctor").code == 8


@pytest.mark.parametrize(("tail", "state"), [(RECORD[:-9], "note"), (RECORD, "fine"), (b"", "fine")])
def test_half_record_behind_the_last_row_is_said_and_is_no_damage(
    newskeep: Newskeep, home: Home, engine: Engine, tail: bytes, state: str
) -> None:
    home.captures.mkdir()
    (home.captures / "a.warc.gz").write_bytes(RECORD + tail)
    remember(engine, "a.warc.gz", len(RECORD))

    outcome = newskeep("doctor", "--json")

    assert outcome.code == 0
    assert checks(outcome)["captures"]["state"] == state
    assert (home.captures / "a.warc.gz").read_bytes() == RECORD + tail


def test_half_record_of_a_living_writer_is_left_in_peace(newskeep: Newskeep, home: Home) -> None:
    home.captures.mkdir()
    with (home.captures / "a.warc.gz").open("wb") as file:
        file.write(RECORD[:-9])
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        outcome = newskeep("doctor", "--json")

    assert checks(outcome)["captures"]["state"] == "fine"


def test_capture_from_the_future_accuses_the_clock(newskeep: Newskeep, home: Home, engine: Engine) -> None:
    home.captures.mkdir()
    (home.captures / "a.warc.gz").write_bytes(RECORD)
    remember(engine, "a.warc.gz", len(RECORD), "now() + interval '1 day'")

    outcome = newskeep("doctor", "--json")

    assert (outcome.code, checks(outcome)["clock"]["state"]) == (4, "bad")


def test_growth_of_the_last_week_is_forecast(newskeep: Newskeep, home: Home, engine: Engine) -> None:
    home.captures.mkdir()
    with (home.captures / "a.warc.gz").open("wb") as file:
        file.truncate(7_000_000)
    remember(engine, "a.warc.gz", 7_000_000)

    assert "1.0 MB a day" in checks(newskeep("doctor", "--json"))["disk"]["text"]


@pytest.mark.parametrize(
    ("seconds", "ahead", "state"),
    [(0.2, None, FindingState.FINE), (-4, timedelta(0), FindingState.FINE), (6, None, FindingState.BAD),
     (-3600, None, FindingState.BAD), (0, timedelta(minutes=4), FindingState.FINE),
     (0, timedelta(minutes=6), FindingState.BAD)],
)  # fmt: skip
def test_clock_is_bad_from_five_seconds(seconds: float, ahead: timedelta | None, state: FindingState) -> None:
    assert judge_clock(seconds, ahead).state is state


@pytest.mark.parametrize(
    ("free", "a_day", "state"),
    [(10**12, 10**6, FindingState.FINE), (10**12, None, FindingState.FINE), (10**12, 0, FindingState.FINE),
     (4 * 10**8, None, FindingState.BAD), (10**9, 10**8 / 2, FindingState.NOTE), (10**9, 10**9, FindingState.BAD)],
)  # fmt: skip
def test_disk_is_bad_when_it_will_not_do_for_a_week(free: int, a_day: float | None, state: FindingState) -> None:
    assert judge_disk(free, a_day).state is state


def test_gravest_finding_gives_the_exit_code() -> None:
    note, setting = Finding.note("backup", "none"), Finding.bad("contact", "none", None, 4)
    damage, database = Finding.bad("captures", "short", None, 8), Finding.bad("database", "gone", None, 6)

    assert [exit_code(found) for found in ([note], [note, setting], [setting, damage], [damage, database])] == [
        0,
        4,
        8,
        6,
    ]


def test_backup_that_does_not_exist_is_not_pretended(newskeep: Newskeep, home: Home) -> None:
    assert checks(newskeep("doctor", "--json"))["backup"]["state"] == "note"


def test_part_with_a_strange_name_is_quoted(newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = Path(f"{home.path} & co; 'x'")
    strange.mkdir()
    strange.chmod(0o777)
    monkeypatch.setenv("NEWSKEEP_HOME", str(strange))

    subprocess.run(checks(newskeep("doctor", "--json"))["data folder"]["remedy"], shell=True, check=True)

    assert strange.stat().st_mode & 0o002 == 0
