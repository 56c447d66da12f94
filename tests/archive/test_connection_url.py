"""A database's URL is shown without its password, also without any part of one that should have been encoded."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.connection_url import normal_url, shown_url
from news.errors import SettingError
from tests.conftest import Outcome

URLS = (
    "postgresql://keeper:{}@db.example:5432/news",
    "postgres://keeper:{}@db.example/news?sslmode=require",
    "postgresql+psycopg://keeper:{}@/news?host=/run/postgresql",
    "postgresql://keeper:{}@db.example,db2.example:5433/news",
    "postgresql://keeper@db.example/news?password={}&sslmode=require",
    "postgresql://db.example/news?user=keeper&password={}",
    "keeper:{}@db.example/news",
    "{}@db.example",
    "{}:keeper",
)
# No two of these letters stand together in a message of ours.
PASSWORDS = st.text("qxzjQXZJ@:/#%?&=[]+;,\\ '\"ü", min_size=2, max_size=20)


NOWHERE = "postgresql://keeper:{}@127.0.0.1:1/news"
VERBS = (
    "db status",
    "db url",
    "doctor",
    "health",
    "crawl",
    "search x",
    "outlets list",
    "daemon",
    "worker",
    "health worker",
)


def answer(url: str) -> str:
    """Return all that is shown of a URL: its place, or why it cannot be read."""
    try:
        return shown_url(normal_url(url))
    except SettingError as error:
        return f"{error} {error.hint} {error.__cause__ or ''} {error.__context__ or ''}"


def parts(password: str) -> set[str]:
    """Return each two letters of a password that stand together."""
    return {part for at in range(len(password) - 1) if (part := password[at : at + 2]).isalpha()}


@pytest.mark.parametrize("form", URLS)
@given(password=PASSWORDS)
def test_no_two_letters_of_a_password_are_shown(form: str, password: str) -> None:
    for written in (password, quote(password, safe="")):
        shown = answer(form.format(written))
        assert not [part for part in parts(password) if part in shown], shown


@pytest.mark.parametrize("password", ["qx@zj", "qx:zj", "qx/zj", "qx#zj", "qx%zj", "qx%2Fzj", "12/qx@zj:qz"])
def test_no_command_prints_a_part_of_a_password(
    password: str, newskeep: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", NOWHERE.format(password))
    monkeypatch.setenv("DATABASE_WAIT_SECONDS", "0")
    encoded = password in ("qx:zj", "qx%2Fzj")  # these can be read, and a daemon would wait for its database
    for verb in VERBS[:7] if encoded else VERBS:
        outcome = newskeep(*verb.split())
        printed = outcome.err if encoded and verb == "db url" else outcome.out + outcome.err
        assert not [part for part in parts(password) if part in printed], (verb, printed)
