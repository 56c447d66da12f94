from datetime import UTC, datetime

import pytest

from news.dispositions import (
    Candidate,
    Disposition,
    asks_conditionally,
    comes_back,
    is_binary,
    newest_first,
    refusal,
    unchanged,
    within_limit,
    without_page,
)
from news.outlets import Outlet

OUTLET = Outlet("o", "https://o.test/", article_url=r"/\d{4}$", skip_url=("/live/", "/win/"))
MONDAY, TUESDAY = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "reason"), [("/live/1234", "skip_url"), ("/about", "article_url"), ("/news/1234", None)]
)
def test_an_outlets_patterns_decide_what_is_fetched(path: str, reason: str | None) -> None:
    assert refusal(Candidate("https://o.test" + path, None), OUTLET, None) == reason


@pytest.mark.parametrize(("announced", "reason"), [(MONDAY, "since"), (TUESDAY, None), (None, None)])
def test_only_what_is_known_to_be_old_is_left_out_by_since(announced: datetime | None, reason: str | None) -> None:
    assert refusal(Candidate("https://o.test/1234", announced), OUTLET, TUESDAY) == reason


def test_the_newest_are_fetched_first_and_undated_links_keep_their_order() -> None:
    assert newest_first([None, MONDAY, None, TUESDAY]) == [3, 1, 0, 2]


@pytest.mark.parametrize("status", [404, 410, 451])
def test_a_known_page_that_is_gone_is_a_state_and_no_failure(status: int) -> None:
    assert without_page(status, "text/html", True, has_article=True) == (Disposition.SKIPPED, f"gone_{status}")
    assert without_page(status, "text/html", True, has_article=False) == (Disposition.FAILED, f"http_{status}")


@pytest.mark.parametrize(
    ("status", "content_type", "empty", "end"),
    [
        (200, "text/html; charset=utf-8", False, None),
        (200, "", False, None),
        (200, "application/xhtml+xml", False, None),
        (200, "application/pdf", False, (Disposition.SKIPPED, "not_html")),
        (200, "text/html", True, (Disposition.FAILED, "empty")),
        (500, "text/html", False, (Disposition.FAILED, "http_500")),
        (206, "text/html", False, (Disposition.FAILED, "http_206")),
    ],
)
def test_an_answer_without_a_page_ends_with_its_reason(
    status: int, content_type: str, empty: bool, end: object
) -> None:
    assert without_page(status, content_type, empty, has_article=False) == end


def test_an_unchanged_page_without_an_article_ends_as_before() -> None:
    assert unchanged(Disposition.SKIPPED, "not_article", False) == (Disposition.SKIPPED, "not_article")
    assert unchanged(Disposition.SKIPPED, "limit", True) == (Disposition.UNCHANGED, None)


def test_every_tenth_look_and_one_after_a_failure_does_not_trust_the_etag() -> None:
    assert [asks_conditionally(seen, Disposition.NEW) for seen in (1, 9, 10, 11)] == [True, True, False, True]
    assert not asks_conditionally(1, Disposition.FAILED)


@pytest.mark.parametrize("reason", ["timeout", "dns", "http_503", "http_429", "robots_http_500", "robots_timeout"])
def test_a_passing_failure_is_tried_by_the_next_crawls(reason: str) -> None:
    assert comes_back(reason, 0)
    assert not comes_back(reason, 3)


@pytest.mark.parametrize(
    "reason", ["http_404", "robots_txt", "forbidden_address", "too_large", "page_too_costly", None]
)
def test_a_lasting_failure_is_not_tried_again(reason: str | None) -> None:
    assert not comes_back(reason, 0)


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.7 and so on", b"\x89PNG\r\n", b"\x1f\x8b\x08", bytes(range(256)) * 4, b"\0\1\2" * 300, b"<\0\1\0" * 99],
)
def test_what_is_no_text_is_seen_whatever_its_header_says(body: bytes) -> None:
    assert is_binary(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>a\0b",
        "<p>ÄÖÜ</p>".encode("latin-1"),
        "<p>text</p>".encode("utf-16"),
        "<html><p>text</p>".encode("utf-16-le"),
        "\r\n<!DOCTYPE html><p>text</p>".encode("utf-16-be"),
        "<p>日本語のニュース</p>".encode("iso-2022-jp"),
        "<p>日本語のニュース</p>".encode("shift-jis"),
    ],
)
def test_text_in_any_encoding_is_no_binary(body: bytes) -> None:
    assert not is_binary(body)


@pytest.mark.parametrize(
    ("new", "known", "limit", "chosen"),
    [
        ("abc", "xyz", None, "abcxyz"),
        ("abc", "xyz", 6, "abcxyz"),
        ("abcdef", "xyz", 4, "abxy"),
        ("a", "wxyz", 4, "awxy"),
        ("abcdef", "x", 4, "abcx"),
        ("ab", "x", 1, "a"),
        ("", "xyz", 1, "x"),
    ],
)
def test_new_and_known_pages_each_get_half_of_the_limit_at_least(
    new: str, known: str, limit: int | None, chosen: str
) -> None:
    assert "".join(within_limit(new, known, limit)) == chosen
