"""Reasons in words."""

import pytest

from news.reasons import in_words


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
def test_a_reason_is_told_in_words(reason: str, words: str) -> None:
    assert in_words(reason) == words
