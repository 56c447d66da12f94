"""Reasons in words."""

from pathlib import Path

import pytest

from news.reasons import Reason, in_words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("http_503", "HTTP 503"),
        ("robots_http_500", "robots.txt: HTTP 500"),
        ("robots_timeout", "robots.txt: timeout"),
        ("robots_txt", "robots.txt"),
        ("\x1b[2Jnew_reason", "[2Jnew reason"),
        ("gone_410", "gone 410"),
        ("dns", "host not found"),
    ],
)
def test_a_reason_is_stated_in_words(reason: str, words: str) -> None:
    assert in_words(reason) == words


def test_each_reason_is_documented_with_its_words() -> None:
    schema = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")

    assert [reason for reason in Reason if f"| `{reason}` | {reason.words} |" not in schema] == []
