"""Dates as pages write them, and the time zones of addresses and languages."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.dates import FIRST_YEAR, LAST_YEAR, date_begins, likely_zone, parse_announced, parse_date, time_zone

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
def test_where_a_date_begins_is_returned(text: str, before: str | None) -> None:
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
def test_a_likely_zone_is_named_where_most_outlets_of_a_country_keep_one(
    url: str, language: str | None, zone: str | None
) -> None:
    assert likely_zone(url, language) == zone


# As feeds write them; most are in the tests of two feed readers, or were reported to them.
ANNOUNCED = [
    ("Sun, 17 Dec 2017 1:55 PM EST", "2017-12-17T18:55:00"),
    ("9 Dec 2016 12:00 GMT", "2016-12-09T12:00:00"),
    ("Friday, December 22, 2017 - 3:09pm", "2017-12-22T15:09:00"),
    ("Friday, December 8, 2017 - 3:07pm", "2017-12-08T15:07:00"),
    ("Thu, 25 Feb 2016 00:00:00 Europe/Brussels", "2016-02-24T23:00:00"),
    ("Mon, 09 Apr 2018, 16:04", "2018-04-09T16:04:00"),
    ("Di, 23 Jan 2018 00:00:00 +0100", "2018-01-22T23:00:00"),
    ("Do, 29 Mär 2018 00:00:00 +0200", "2018-03-28T22:00:00"),
    ("mer, 9 avr 2018 00:00:00 +0200", "2018-04-08T22:00:00"),
    ("1520932969", "2018-03-13T09:22:49"),
    ("Tue 16 Feb 2016, 23:16:00 EDT", "2016-02-17T03:16:00"),
    ("Tue, 16 Feb 2016 23:16:00 EDT", "2016-02-17T03:16:00"),
    ("Tue, Feb 16 2016 23:16:00 EDT", "2016-02-17T03:16:00"),
    ("March 30 2020 07:02:38 PM", "2020-03-30T19:02:38"),
    ("Mon, 30 Mar 2020 19:53 +0000", "2020-03-30T19:53:00"),
    ("Mon, 03/30/2020 - 19:19", "2020-03-30T19:19:00"),
    ("2018-12-12T12:12", "2018-12-12T12:12:00"),
    ("2020-11-08T16:20:00-05:00Z", "2020-11-08T21:20:00"),
    ("Nov. 16, 2020, 10:57 a.m.", "2020-11-16T10:57:00"),
    ("Friday 06 November 2020", "2020-11-06T00:00:00"),
    ("Mon, November 16, 2020, 11:12 PM EST", "2020-11-17T04:12:00"),
    ("Lundi, 16. Novembre 2020 - 15:54", "2020-11-16T15:54:00"),
    ("Thu Nov 12 2020 17:00:00 GMT+0000 (Coordinated Universal Time)", "2020-11-12T17:00:00"),
    ("Sat, 11 04 2020 08:51:49 +0100", "2020-04-11T07:51:49"),
    ("Mon, 16th Nov 2020 13:16:28 GMT", "2020-11-16T13:16:28"),
    ("Nov. 2020", "2020-11-01T00:00:00"),
    ("ven., 03 juil. 2020 15:09:58 +0000", "2020-07-03T15:09:58"),
    ("Fri, 26/06/2020", "2020-06-26T00:00:00"),
    ("Thu, 29 Oct 2020 07:36:03 GMT-07:00", "2020-10-29T14:36:03"),
    ("jeu., 02 avril 2020 00:00:00 +0200", "2020-04-01T22:00:00"),
    ("Jan. 4, 2016, 12:37 p.m.", "2016-01-04T12:37:00"),
    ("2018-10-23 04:07:42 +00:00", "2018-10-23T04:07:42"),
    ("5 August, 2019", "2019-08-05T00:00:00"),
    ("mar., 01 déc. 2020 16:11:02 +0000", "2020-12-01T16:11:02"),
    ("Thurs, 15 Oct 2020 00:00:39 +0000", "2020-10-15T00:00:39"),
    ("Thur, 19 Nov 2020 00:00:39 +0000", "2020-11-19T00:00:39"),
    ("26 Sep 2022 GMT", "2022-09-26T00:00:00"),
    ("Thu, June 22, 2023 at 01:11 PM EDT", "2023-06-22T17:11:00"),
    ("Apr 16, 2023 08:01 GMT", "2023-04-16T08:01:00"),
    ("Jun 23, 2023 19:00 GMT", "2023-06-23T19:00:00"),
    ("09/15/2014 4:20 pm PST", "2014-09-16T00:20:00"),
    ("Fri, 23rd Jun 2023 09:32:20 GMT", "2023-06-23T09:32:20"),
    ("Sat, Oct 28 2023 08:28:28 PM", "2023-10-28T20:28:28"),
    ("Monday, October 6, 2023 - 16:29", "2023-10-06T16:29:00"),
    ("10/30/23 21:55:58", "2023-10-30T21:55:58"),
    ("30.10.23", "2023-10-30T00:00:00"),
    ("2023-05-29 00:00:00-13:00", "2023-05-29T13:00:00"),
    ("2023-05-29 00:00:00+15:00", "2023-05-28T09:00:00"),
    ("2017-12-22T22:09:49+00:00", "2017-12-22T22:09:49"),
    ("Fri, 31 Mar 2023 20:19:00 America/Los_Angeles", "2023-04-01T03:19:00"),
    ("Tue, 03 Jun 2003 09:39:21 GMT", "2003-06-03T09:39:21"),
    ("Wed, 26 Dec 2018 10:00:54 PST", "2018-12-26T18:00:54"),
    ("Wed, 10 Feb 2021 22:46:00 EST", "2021-02-11T03:46:00"),
    ("Sun, 28 Oct 2018 13:48:00 +0100", "2018-10-28T12:48:00"),
    ("invalid", None),
    ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00"),
    ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00"),
    ("03-12-31", "2003-12-31T00:00:00"),
    ("2003-12-31T10:14:55.1234Z", "2003-12-31T10:14:55"),
    ("2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55"),
    ("2003335", "2003-12-01T00:00:00"),
    ("2003-335", "2003-12-01T00:00:00"),
    ("2003-12", "2003-12-01T00:00:00"),
    ("2003", "2003-01-01T00:00:00"),
    ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53"),
    ("Thu, 30 Apr 2015 08:57:00 MET", "2015-04-30T07:57:00"),
    ("Thu, 30 Apr 2015 08:57:00 MEST", "2015-04-30T06:57:00"),
    ("Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21"),
    ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21"),
    ("Thu,  5 Apr 2012 10:00:00 GMT", "2012-04-05T10:00:00"),
    ("Wed, 19 Aug 2009 18:28:00 Etc/GMT", "2009-08-19T18:28:00"),
    ("Wed, 19 Feb 2012 22:40:00 GMT-01:01", "2012-02-19T23:41:00"),
    ("Wed, 19 Feb 2012 22:40:00 -01:01", "2012-02-19T23:41:00"),
    ("Mon, 13 Feb, 2012 06:28:00 UTC", "2012-02-13T06:28:00"),
    ("Thu, 01 Jan 2004 00:00 GMT", "2004-01-01T00:00:00"),
    ("Thu, 01 Jan 2004", "2004-01-01T00:00:00"),
    ("Mon, 26 January 2004 16:31:00 AT", "2004-01-26T20:31:00"),
    ("Mon, 26 January 2004 16:31:00 ET", "2004-01-26T21:31:00"),
    ("Mon, 26 January 2004 16:31:00 CT", "2004-01-26T22:31:00"),
    ("Mon, 26 January 2004 16:31:00 MT", "2004-01-26T23:31:00"),
    ("Mon, 26 January 2004 16:31:00 PT", "2004-01-27T00:31:00"),
    ("Thu Aug 30 2012 17:26:16 +0200", "2012-08-30T15:26:16"),
    ("Sun, 16 zzz 2012 11:47:32 GMT", None),
    ("Sun, Dec x 2012 11:47:32 GMT", None),
    ("Sun, 16 Dec zz 11:47:32 GMT", None),
    ("Sun, 99 Jun 2009 12:00:00 GMT", None),
    ("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06"),
    ("Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00"),
    ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55"),
    ("2003-12-31T10:14:55-08:00", "2003-12-31T18:14:55"),
    ("2003-12-31T18:14:55+08:00", "2003-12-31T10:14:55"),
    ("2007-04-23T23:25:47.538+10:00", "2007-04-23T13:25:47"),
    ("2003-12-31", "2003-12-31T00:00:00"),
    ("2004-02-28T18:14:55-08:00", "2004-02-29T02:14:55"),
    ("9999-12-31T23:59:59-99:99", None),
    ("013", None),
    ("2013-xx-27", None),
    ("2004-07-08 23:56:58 -00:20", "2004-07-09T00:16:58"),
    ("2004-07-08 23:56:58", "2004-07-08T23:56:58"),
    ("2004-07-08 23:56:58.0", "2004-07-08T23:56:58"),
    ("Mon, 02 Jan 2006 15:04:05 EST", "2006-01-02T20:04:05"),
    ("Mon,02 January 2006 15:04:05 EST", "2006-01-02T20:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 EDT", "2006-01-02T19:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 CST", "2006-01-02T21:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 CEST", "2006-01-02T13:04:05"),
    ("02 Jan 2006 15:04:05 -0700", "2006-01-02T22:04:05"),
    ("2006-01-02t15:04:05Z", "2006-01-02T15:04:05"),
    ("2006-01-02 15:04:05z", "2006-01-02T15:04:05"),
    ("2006-01-02T15:04Z", "2006-01-02T15:04:00"),
    ("Monday, 02-Jan-06 15:04:05 MST", "2006-01-02T22:04:05"),
    ("2.1.2006", "2006-01-02T00:00:00"),
    ("Samedi 2 janvier 2006 à 15h04", "2006-01-02T15:04:00"),
    ("Mittwoch, 14. Oktober 2026 09:30 MESZ", "2026-10-14T07:30:00"),
    ("Mi, 14 Okt 2026 09:30:00 +0200", "2026-10-14T07:30:00"),
    ("mié, 14 oct 2026 09:30:00 +0200", "2026-10-14T07:30:00"),
    ("jeu, 15 oct. 2026 10:00:00 +0200", "2026-10-15T08:00:00"),
    ("1792000000000", "2026-10-14T17:46:40"),
    ("1792000000.5", "2026-10-14T17:46:40"),
    ("Sat Oct 17 20:21:00 PDT 2026", "2026-10-18T03:21:00"),
    ("Sat Oct 17 20:21:00 UTC 2026", "2026-10-17T20:21:00"),
    ("2026-10-17 20:21:00 UTC", "2026-10-17T20:21:00"),
    ("2026-10-17T20:21:00 Europe/Berlin", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 UTC+2", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 GMT+2", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 +02", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 +0200 (CEST)", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 US/Eastern", "2026-10-18T00:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 A", "2026-10-17T20:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 UT", "2026-10-17T20:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 ADT", "2026-10-17T23:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 AKDT", "2026-10-18T04:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 HST", "2026-10-18T06:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 NZDT", "2026-10-17T07:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 WIB", "2026-10-17T13:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 BRT", "2026-10-17T23:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 WEST", "2026-10-17T19:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 SGT", "2026-10-17T12:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 HKT", "2026-10-17T12:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 ART", "2026-10-17T23:21:00"),
    ("2026-10-17T20:21:00+0200", "2026-10-17T18:21:00"),
    ("2026-10-17T20:21:00.123456789+02:00", "2026-10-17T18:21:00"),
    ("20261017T202100Z", "2026-10-17T20:21:00"),
    ("20261017202100", "2026-10-17T20:21:00"),
    ("20261017", "2026-10-17T00:00:00"),
    ("Sat, 17 Oct 26 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("17-Oct-2026 20:21:00", "2026-10-17T20:21:00"),
    ("17 Oct 2026 8:21 PM", "2026-10-17T20:21:00"),
    ("17.10.2026 20:21", "2026-10-17T20:21:00"),
    ("17/10/2026 20:21:00", "2026-10-17T20:21:00"),
    ("10/17/2026 8:21:00 PM", "2026-10-17T20:21:00"),
    ("2026/10/17 20:21:00", "2026-10-17T20:21:00"),
    ("Saturday, October 17th, 2026", "2026-10-17T00:00:00"),
    ("sáb., 17 oct. 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("sab, 17 ott 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("za, 17 okt 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("sob., 17 paź 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("sáb, 17 out 2026 20:21:00 -0300", "2026-10-17T23:21:00"),
    ("Сб, 17 окт 2026 20:21:00 +0300", "2026-10-17T17:21:00"),
    ("Cts, 17 Eki 2026 20:21:00 +0300", "2026-10-17T17:21:00"),
    ("lör, 17 okt 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 Z", "2026-10-17T20:21:00"),
    ("Sat, 17 Oct 2026 20.21.00 +0200", "2026-10-17T18:21:00"),
    ("Sat,17Oct2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("Date: Sat, 17 Oct 2026 20:21:00 +0200", "2026-10-17T18:21:00"),
    ("Sat, 17 Oct 2026 20:21:00 EST5EDT", "2026-10-18T00:21:00"),
    ("2026-10-17T20:21:00 PDT", "2026-10-18T03:21:00"),
    ("2026-10-17T20:21:00PDT", "2026-10-18T03:21:00"),
    ("2026-10-17 20:21:00 -07:00 America/Los_Angeles", "2026-10-18T03:21:00"),
    ("2026-10-17T20:21:00-07:00[America/Los_Angeles]", "2026-10-18T03:21:00"),
    ("2026-10-17T20:21:00 GMT-07:00", "2026-10-18T03:21:00"),
    ("2026-10-17 20:21:00 -0700 PDT", "2026-10-18T03:21:00"),
    ("Oct 17, 2026", "2026-10-17T00:00:00"),
    ("October 17, 2026 20:21:00 +02:00", "2026-10-17T18:21:00"),
    ("Sat Oct 17 2026 20:21:00 GMT+0200 (Mitteleuropäische Sommerzeit)", "2026-10-17T18:21:00"),
    ("/Date(1792000000000)/", "2026-10-14T17:46:40"),
    ("031231", "2003-12-31T00:00:00"),
    ("-03-12", "2003-12-01T00:00:00"),
    ("2004-05-25 오후 11:23:17", "2004-05-25T23:23:17"),
    ("2004년 05월 28일  01:31:15", "2004-05-28T01:31:15"),
]


@pytest.mark.parametrize(("text", "expected"), ANNOUNCED)
def test_the_times_of_feeds_are_read_with_the_zone_they_state(text: str, expected: str | None) -> None:
    found = parse_announced(text)
    assert (found and found.astimezone(UTC)) == (expected and datetime.fromisoformat(f"{expected}+00:00"))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("5 March 2024 10:00 at the bridge", 10),
        ("5 March 2024 10:00 West Street", 10),
        ("5 March 2024, 10:00 Sport/Politik", 10),
        ("5 March 2024 10:00 -30 degrees", 10),
    ],
)
def test_words_behind_a_time_are_no_zone(text: str, hour: int) -> None:
    assert parse_date(text) == datetime(2024, 3, 5, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2003", "Nov. 2020", "031231", "Room 11 04 2020", f"Sun, {'2' * 60} Nov 2026 17:41"])
def test_in_a_page_a_month_or_a_bare_number_is_no_date(text: str) -> None:
    assert parse_date(text) is None
