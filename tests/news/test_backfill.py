from datetime import UTC, datetime

import pytest

from news.backfill import Period, is_wanted, may_hold, named_period, period_of, within
from news.outlets import FoundLink


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MAY = Period(day("2020-05-01"), day("2020-06-01"))


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/sitemap-2020-05.xml",
        "https://a.example/sitemap.xml?yyyy=2020&mm=05&dd=03",
        "https://a.example/2020/05/17/zug",
        "https://a.example/sitemap_202005.xml",
        "https://a.example/zug-20200517",
        "https://a.example/post-sitemap-2020-5.xml",
    ],
)
def test_month_in_an_address_is_read(url: str) -> None:
    assert named_period(url) == MAY


@pytest.mark.parametrize(
    "url", ["https://a.example/a-123456", "https://a.example/x-20190512345", "https://2020.example/"]
)
def test_other_numbers_are_no_dates(url: str) -> None:
    assert named_period(url) is None


def test_form_of_a_time_is_checked() -> None:
    assert period_of("2020-05") == MAY
    assert period_of("2020-12").end == period_of("2021").start
    assert period_of("2020-05-31").end == MAY.end
    with pytest.raises(ValueError, match="no year, month or day"):
        period_of("May 2020")


def test_pages_and_sitemaps_of_a_period_are_chosen() -> None:
    link, other = FoundLink("https://a.example/a", None, day("2020-05-10")), FoundLink("https://a.example/b")
    renewed = FoundLink("https://a.example/2020/05/c", None, day("2024-01-01"))

    assert [is_wanted(one, "https://a.example/sitemap.xml", [MAY]) for one in (link, other, renewed)] == [
        True, False, True,
    ]  # fmt: skip
    assert is_wanted(other, "https://a.example/sitemap-2020-05.xml", [MAY])
    assert not is_wanted(link, "https://a.example/sitemap-2020-06.xml", [MAY])
    assert may_hold(FoundLink("https://a.example/sitemap-1.xml", None, day("2024-01-01")), [MAY])
    assert not may_hold(FoundLink("https://a.example/sitemap-1.xml", None, day("2020-04-30")), [MAY])
    assert within([MAY], Period(day("2020-05-10"), day("2030-01-01"))) == (Period(day("2020-05-10"), MAY.end),)
