"""Dates as pages write them, and the time zones of addresses and languages."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.dates import FIRST_YEAR, LAST_YEAR, date_begins, likely_zone, parse_date, time_zone

# ruff: noqa: E501 (sentences and markup stay whole)


NOW = datetime(2024, 6, 30, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-30T17:41:00+02:00", "2024-06-30T17:41:00+02:00"),
        ("2024-06-30T17:41:00.123Z", "2024-06-30T17:41:00+00:00"),
        ("2024-06-30 17:41 -0500", "2024-06-30T17:41:00-05:00"),
        ("20240630T174100Z", "2024-06-30T17:41:00+00:00"),
        ("1719769260", "2024-06-30T17:41:00+00:00"),
        ("Sun, 30 Jun 2024 17:41:00 GMT", "2024-06-30T17:41:00+00:00"),
        ("So, 30 Jun 2024 17:41:00 +0200", "2024-06-30T17:41:00+02:00"),
        ("June 30, 2024 at 5:41 p.m. EDT", "2024-06-30T17:41:00-04:00"),
        ("Published: 30th of June 2024", "2024-06-30T00:00:00+00:00"),
        ("30. Juni 2024, 17:41 Uhr", "2024-06-30T17:41:00+00:00"),
        ("Stand: 30.06.2024 17:41 MESZ", "2024-06-30T17:41:00+02:00"),
        ("8. Jänner 2024", "2024-01-08T00:00:00+00:00"),
        ("le 30 août 2024 à 17h41", "2024-08-30T17:41:00+00:00"),
        ("1er février 2024", "2024-02-01T00:00:00+00:00"),
        ("30 de junio de 2024", "2024-06-30T00:00:00+00:00"),
        ("30 giugno 2024 alle 17:41", "2024-06-30T17:41:00+00:00"),
        ("30 juni 2024 om 17.41", "2024-06-30T17:41:00+00:00"),
        ("30 czerwca 2024", "2024-06-30T00:00:00+00:00"),
        ("30 de março de 2024", "2024-03-30T00:00:00+00:00"),
        ("30 июня 2024", "2024-06-30T00:00:00+00:00"),
        ("2024年6月30日 17時41分", "2024-06-30T17:41:00+00:00"),
        ("30/06/2024", "2024-06-30T00:00:00+00:00"),
        ("By Jane Miller Jun 30, 2024 5:41 PMTags", "2024-06-30T17:41:00+00:00"),
        ("Published 5:41 PM EDT, Sun June 30, 2024", "2024-06-30T17:41:00-04:00"),
        ("17:41 Uhr, 30. Juni 2024", "2024-06-30T17:41:00+00:00"),
        ("June 30, 2024 5:41 PM ET", "2024-06-30T17:41:00-04:00"),
        ("March 9, 2024 5:41 PM ET", "2024-03-09T17:41:00-05:00"),
        ("March 10, 2024 5:41 PM CT", "2024-03-10T17:41:00-05:00"),
        ("November 2, 2024 5:41 PM PT", "2024-11-02T17:41:00-07:00"),
        ("November 3, 2024 5:41 PM PT", "2024-11-03T17:41:00-08:00"),
        ("posted on 2024-06-30 17:41 EST by Jane", "2024-06-30T17:41:00-05:00"),
        ("30 czerwca 2024, godz. 17:41", "2024-06-30T17:41:00+00:00"),
        ("2024. június 30. 17:41", "2024-06-30T17:41:00+00:00"),
        ("2024 m. birželio 30 d.", "2024-06-30T00:00:00+00:00"),
        ("30 Ιουνίου 2024, 17:41", "2024-06-30T17:41:00+00:00"),
        ("الأحد 30 حزيران / يونيو 2024", "2024-06-30T00:00:00+00:00"),
        ("30 كانون الثاني 2024", "2024-01-30T00:00:00+00:00"),
        ("১৭:৪১, ৩০ জুন ২০২৪", "2024-06-30T17:41:00+00:00"),
        ("30 มิถุนายน 2567", "2024-06-30T00:00:00+00:00"),
        ("30 tháng 6, 2024", "2024-06-30T00:00:00+00:00"),
        ("3. 6. 2024 17:41", "2024-06-03T17:41:00+00:00"),
        ("5 min read · Jun 30, 2024", "2024-06-30T00:00:00+00:00"),
        ("30 qershor 2024, 17:41", "2024-06-30T17:41:00+00:00"),
        ("30 հունիսի, 2024", "2024-06-30T00:00:00+00:00"),
        ("30 ஜூன் 2024", "2024-06-30T00:00:00+00:00"),
        ("2024ko ekainaren 30a", "2024-06-30T00:00:00+00:00"),
        ("30-Jun-24", "2024-06-30T00:00:00+00:00"),
        ("Jun 30 '24", "2024-06-30T00:00:00+00:00"),
        ("2024-06-30T17:41:00:684Z", "2024-06-30T17:41:00+00:00"),
        ("Jane Miller, ABCJun 30, 2024, 05:41 PM EDT", "2024-06-30T17:41:00-04:00"),
        ("Mental HealthJUNE 30, 2024", "2024-06-30T00:00:00+00:00"),
        ("Jun 30, 20245:41 PM", "2024-06-30T17:41:00+00:00"),
        ("June 30, 20245 min read", "2024-06-30T00:00:00+00:00"),
        ("Wed, 05/06/2026 - 09:12", "2026-05-06T09:12:00+00:00"),  # the 5th of June is no Wednesday
        ("Fri, 05/06/2026 - 09:12", "2026-06-05T09:12:00+00:00"),
        ("Mon, 05/06/2026", "2026-06-05T00:00:00+00:00"),  # fits neither
    ],
)
def test_dates_are_read_with_their_zone(text: str, expected: str) -> None:
    assert parse_date(text) == datetime.fromisoformat(expected)


def test_a_time_without_a_zone_is_taken_in_the_zone_given() -> None:
    assert parse_date("2024-06-30 17:41", zone=ZoneInfo("Europe/Vienna")) == datetime(2024, 6, 30, 15, 41, tzinfo=UTC)


def test_month_first_is_for_those_who_write_so() -> None:
    assert parse_date("3/4/2024", month_first=True) == datetime(2024, 3, 4, tzinfo=UTC)
    assert parse_date("3/4/2024") == datetime(2024, 4, 3, tzinfo=UTC)
    assert parse_date("30/4/2024", month_first=True) == datetime(2024, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "back"),
    [("vor 3 Stunden", timedelta(hours=3)), ("3 hrs ago", timedelta(hours=3)), ("an hour ago", timedelta(hours=1)),
     ("il y a 20 minutes", timedelta(minutes=20)), ("hace 2 días", timedelta(days=2)), ("2 ore fa", timedelta(hours=2)),
     ("5 uur geleden", timedelta(hours=5)), ("4 godziny temu", timedelta(hours=4)), ("há 2 horas", timedelta(hours=2))],
)  # fmt: skip
def test_how_long_ago_counts_from_now(text: str, back: timedelta) -> None:
    assert parse_date(text, now=NOW) == NOW - back
    assert parse_date(text) is None  # without a clock it says nothing


def test_a_named_day_counts_from_today() -> None:
    assert parse_date("gestern, 17:41 Uhr", now=NOW) == datetime(2024, 6, 29, 17, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "no date at all", "0000-00-00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2024-02-30", "2024-13-01", "31.02.2024",
     "Mon, 01 Jan 0000 00:00:00 +0000", "0", "0000000000", "9999 weeks ago", "version 1.2.3", "2024", "LinkedIn 5 2024", "30 Jun-24 hours left", "20245 min read"],
)  # fmt: skip
def test_what_is_impossible_or_no_date_is_none(text: str) -> None:
    assert parse_date(text, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "before"),
    [("Jane Miller 30 June 2024", "Jane Miller "), ("Jane Miller 2024-06-30", "Jane Miller "), ("Jane Miller June 30, 5 pm", "Jane Miller "),
     ("Jane Miller", None), ("Jane Miller 3 min read", None), ("", None)],
)  # fmt: skip
def test_where_a_date_begins_is_told(text: str, before: str | None) -> None:
    start = date_begins(text)

    assert (None if start is None else text[:start]) == before


def test_an_impossible_clock_leaves_the_day() -> None:
    assert parse_date("2024-06-30T25:61:00Z") == datetime(2024, 6, 30, tzinfo=UTC)


def test_an_impossible_offset_leaves_the_zone_given() -> None:
    assert parse_date("2024-06-30T17:41:00+99:99") == datetime(2024, 6, 30, 17, 41, tzinfo=UTC)


@given(
    st.datetimes(NOW.replace(FIRST_YEAR, 1, 1, tzinfo=None), NOW.replace(LAST_YEAR, 12, 31, tzinfo=None)),
    st.integers(-14 * 60, 14 * 60),
)
@settings(max_examples=60)
def test_every_iso_date_comes_back(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_date(moment.isoformat()) == moment


@given(st.text(alphabet="0123456789 -/.:TZ+,JanMarvorStundenago年月日時২كانونมิ", max_size=60) | st.text(max_size=60))
@settings(max_examples=100)
def test_any_text_gives_a_sane_date_or_none(text: str) -> None:
    date = parse_date(text, now=NOW)

    assert date_begins(text) in (None, *range(len(text)))
    assert date is None or (date.tzinfo is not None and FIRST_YEAR <= date.year <= LAST_YEAR and date.astimezone(UTC))


@pytest.mark.parametrize(
    ("url", "language", "zone"),
    [
        ("https://krone.at/", "de", "Europe/Vienna"),
        ("https://krone.at/", "de-DE", "Europe/Vienna"),
        ("https://nzz.example/", "de-CH", "Europe/Zurich"),
        ("https://a.example/", "pl", "Europe/Warsaw"),
        ("https://a.example/", "de", None),
        ("https://a.example/", "en-US", None),
        ("https://a.us/", "en", None),
        ("https://a.io/", None, None),
    ],
)
def test_a_zone_is_found_only_where_there_is_no_choice(url: str, language: str | None, zone: str | None) -> None:
    assert time_zone(url, language) == zone


@pytest.mark.parametrize(
    ("url", "language", "zone"),
    [
        ("https://a.example/", "de", "Europe/Berlin"),  # Germany, Austria and Switzerland keep one clock
        ("https://a.com.au/", "en", "Australia/Sydney"),
        ("https://a.example/", "pt_BR", "America/Sao_Paulo"),
        ("https://a.example/", "es-CO", "America/Bogota"),
        ("https://a.co/", "es", None),  # sold to everybody
        ("https://a.example/", "fr-CA", "America/Toronto"),
        ("https://a.example/", "en-US", None),
        ("https://a.example/", "", None),
        ("no address", None, None),
    ],
)
def test_a_likely_zone_is_told_where_most_outlets_of_a_country_keep_one(
    url: str, language: str | None, zone: str | None
) -> None:
    assert likely_zone(url, language) == zone
