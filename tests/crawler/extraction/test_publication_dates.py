"""When an article was published and changed, from every place a page says it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.page import read_page
from tests.crawler.extraction.small_pages import BODY, claims, meta, read

# ruff: noqa: E501 (sentences and markup stay whole)


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "page",
    [
        (BODY, claims(datePublished="2024-03-05T10:15:00+01:00")),
        (BODY, meta("article:published_time", "2024-03-05T09:15:00Z")),
        (f"{BODY}<meta itemprop=datePublished content='2024-03-05T09:15:00Z'>", ""),
        (BODY.replace("</h1>", "</h1><time datetime='2024-03-05T10:15+01:00'>Tuesday</time>"), ""),
        (BODY.replace("</h1>", "</h1><p class=date>5 March 2024, 09:15 UTC</p>"), ""),
        (BODY.replace("</h1>", "</h1><div>2 hours ago</div>"), ""),
    ],
)
def test_the_publication_date_is_found_wherever_it_stands(page: tuple[str, str]) -> None:
    now = datetime(2024, 3, 5, 11, 15, tzinfo=UTC)

    assert read(*page, now=now).date_published == datetime(2024, 3, 5, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "day"),
    [
        ((BODY, claims(datePublished="2024-03-05T02:00:00Z"), "America/New_York"), 4),
        ((BODY.replace("</h1>", "</h1><p>Published 9:00 PM EST, Mon March 4, 2024</p>"), claims(datePublished="2024-03-05T02:00:00Z"), None), 4),
        ((BODY.replace("</h1>", "</h1><p>March 4, 2024 9:00 PM</p>"), claims(datePublished="2024-03-05T02:00:27Z"), None), 4),
        ((BODY.replace("</h1>", "</h1><time datetime='2024-03-04T21:00:00-05:00'>Monday</time>"), claims(datePublished="2024-03-05T02:00:00Z"), None), 4),
        ((BODY.replace("</h1>", "</h1><p>March 4, 2024</p>"), claims(datePublished="2024-03-05T02:00:00Z"), None), 4),
        ((BODY.replace("</h1>", "</h1><p>March 5, 2024</p>"), claims(datePublished="2024-03-05T02:00:00Z"), None), 5),
        ((BODY, claims(datePublished="2024-03-05T02:00:00Z"), None), 5),
        ((BODY.replace("</h1>", "</h1><p>March 4, 2024 02:00</p>"), claims(datePublished="2024-03-04T14:00:00Z"), None), 4),
        ((BODY, claims(datePublished="2024-03-05T02:00:00+01:00"), "America/New_York"), 5),
    ],
)  # fmt: skip
def test_the_day_is_the_one_that_readers_saw(page: tuple[str, str, str | None], day: int) -> None:
    body, head, timezone = page
    article = read(body, head, timezone=timezone)

    assert article.date_published is not None
    assert article.date_published.day == day


def test_a_time_without_a_zone_is_taken_in_the_zone_of_the_domain() -> None:
    page = f"<html lang='de'><head>{claims(datePublished='2024-03-05T00:30:00')}</head><body>{BODY}</body></html>"

    assert read_page(page, "https://outlet.de/a").date_published == datetime(2024, 3, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("said", ["1970-01-01T00:00:00Z", "1989-12-31", "0001-01-01T00:00:00Z", 0, "2024-13-45"])
def test_a_date_before_the_web_is_nothing_and_the_next_source_is_asked(said: object) -> None:
    article = read(head=claims(datePublished=said) + meta("article:published_time", "2024-03-05T09:15:00Z"))

    assert article.date_published == datetime(2024, 3, 5, 9, 15, tzinfo=UTC)
    assert str(said) in [evidence.value for evidence in article.evidence]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published 4 March 2024, updated 5 March 2024", (4, 5)),
        ("Updated 5 March 2024 | Published 4 March 2024", (4, 5)),
        ("4. März 2024, aktualisiert am 5. März 2024", (4, 5)),
        ("Mental HealthMARCH 4, 2024Updated: MARCH 5, 2024", (4, 5)),
        ("Aktualizacja: 05.03.2024 19:45 Publikacja: 04.03.2024 19:05", (4, 5)),
        ("Actualizat: 5 martie 2024, publicat: 4 martie 2024", (4, 5)),
        ("Objavljeno 4. marec 2024, posodobljeno 5. marec 2024", (4, 5)),
        ("Paskelbta: 2024-03-04 10:15 Atnaujinta: 2024-03-05 11:00", (4, 5)),
        ("입력 2024-03-04 10:15 수정 2024-03-05 11:00", (4, 5)),
        ("Cập nhật 05/03/2024 11:00, đăng 04/03/2024 10:15", (4, 5)),
        ("Jane Miller2024-03-05T10:10:52+01:004 March 2024|", (4, None)),  # a theme's note for machines
        ("March 4, 2024/March 11, 2024, Issue", (None, None)),
        ("Termin: 4. März 2024, 19 Uhr", (None, None)),
        ("Posted on 4 March 2024", (4, None)),
    ],
)
def test_a_line_with_both_dates_is_taken_apart(line: str, expected: tuple[int | None, int | None]) -> None:
    article = read(BODY.replace("</h1>", f"</h1><p>{line}</p>"))

    assert (
        article.date_published and article.date_published.day,
        article.date_modified and article.date_modified.day,
    ) == expected


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (BODY.replace("</h1>", "</h1><p>Updated: 5 March 2024</p>"), ""),
        (BODY.replace("</h1>", "</h1><time class=updated datetime=2024-03-05>Tuesday</time>"), ""),
        (f"{BODY}{'<p>Some words.</p>' * 30}<p>Last updated: March 5, 2024</p>", ""),
        (BODY, claims(dateModified="2024-03-05")),
        (BODY, meta("article:modified_time", "2024-03-05T09:15:00Z")),
        (f"{BODY}<meta itemprop=dateModified content=2024-03-05>", ""),
    ],
)  # fmt: skip
def test_for_want_of_a_better_one_the_day_of_the_last_change_is_taken_and_called_so(body: str, head: str) -> None:
    article = read(body, head)

    assert article.date_published is not None
    assert article.date_published.date() == date(2024, 3, 5)
    assert article.date_modified == article.date_published
    assert [e.source for e in article.evidence if e.field == "date_published"] == ["last change"]


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (BODY, meta("last-modified", "2024-03-05")),  # of the file
        (f"{BODY}<footer>Copyright © 5 March 2024</footer>", ""),
        (f"{BODY}{'<p>Some words.</p>' * 30}<p>Updated: 5 March 2024</p><p>Updated: 6 March 2024</p>", ""),  # of teasers
        (f"{BODY}{'<p>Some words.</p>' * 30}<p>The law was last updated on 5 March 2024</p>", ""),
    ],
)  # fmt: skip
def test_what_is_no_change_of_the_article_dates_nothing(body: str, head: str) -> None:
    assert read(body, head).date_published is None


def test_the_day_of_the_last_change_counts_less_than_any_other() -> None:
    body = BODY.replace("</h1>", "</h1><p>Updated: 6 March 2024</p>")
    data = "<script>window.state = {publicationDate: '2024-03-05'}</script>"

    assert read(body + data, meta("article:modified_time", "2024-03-06")).date_published == utc(2024, 3, 5)


@pytest.mark.parametrize(
    ("data", "day"),
    [
        ("""{"publicationDate":"2024-03-05T10:15:00Z"}""", 5),
        ("{'datePublished': '2024-03-05', 'other': '2024-03-09'}", 5),
        (r"{\"date_of_publication\":\"2024-03-05\"}", 5),
        ("""{"article_publication_date":"Tue, 05 Mar 2024 10:15:00 GMT"}""", 5),
        ("""[{"publishedAt":"2024-03-05"},{"publishedAt":"2024-03-06"}]""", None),  # several articles
        ("""{"publisher":"2024-03-05","createdAt":"2024-03-05","republished":"2024-03-05"}""", None),
    ],
)  # fmt: skip
def test_the_pages_data_dates_it_when_it_holds_one_day_of_publication(data: str, day: int | None) -> None:
    published = read(f"{BODY}<script>var data = {data}</script>").date_published

    assert (published and published.day) == day


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<p>3 March 2024</p>", 3),
        ("<p>Published on 3 March 2024 by Jane Miller</p>", 3),
        ("<time datetime=2024-03-03>Sunday</time>", 3),
        ("<p>7 March 2024</p>", 5),  # later
        ("<p>The accident on 3 March was the third in 2024, after those of 1 March 2024 and 2 March 2024</p>", 5),
        ("<p>The match on 3 March 2024 was lost in the end</p>", 5),
        ("<p>Updated 3 March 2024</p>", 5),
    ],
)  # fmt: skip
def test_a_vague_date_gives_way_to_an_earlier_one_at_the_headline(line: str, day: int) -> None:
    body = BODY.replace("</h1>", f"</h1>{line}")

    assert read(body, meta("date", "2024-03-05")).date_published == utc(2024, 3, day)


def test_day_and_month_in_the_other_order_are_no_earlier_day() -> None:
    body = BODY.replace("</h1>", "</h1><p>11/01/2021</p>")
    page = f"<html lang=de><head>{meta('date', '2021-11-01')}</head><body>{body}</body></html>"

    assert read_page(page, "https://a.example/2/x").date_published == datetime(
        2021, 11, 1, tzinfo=ZoneInfo("Europe/Berlin")
    )


@pytest.mark.parametrize("day", [7, 3])
def test_a_publication_said_to_be_after_the_last_change_gives_way_to_the_day_shown(day: int) -> None:
    head = claims(datePublished="2024-03-12", dateModified="2024-03-10")
    body = BODY.replace("</h1>", f"</h1><p>{day} March 2024</p>")

    assert read(body, head).date_published == utc(2024, 3, day)
    assert read(body, claims(datePublished="2024-03-12", dateModified="2024-03-13")).date_published == utc(2024, 3, 12)


@pytest.mark.parametrize(
    ("url", "head", "day"),
    [
        ("https://a.example/news/05-03-2024", "", 5),
        ("https://a.example/x/123", "<link rel=canonical href='https://a.example/2024/03/05/x'>", 5),
        ("https://a.example/x/123", meta("og:url", "https://a.example/2024/03/05/x"), 5),
        ("https://a.example/news/model-05-03-2024", "", None),
        ("https://a.example/x/123", meta("og:image", "https://a.example/2024/03/05/x.jpg"), None),
    ],
)  # fmt: skip
def test_addresses_of_the_page_date_it(url: str, head: str, day: int | None) -> None:
    published = read_page(f"<html><head>{head}</head><body>{BODY}</body></html>", url).date_published

    assert (published and published.day) == day


def test_times_of_comments_and_captions_below_do_not_date_the_article() -> None:
    others = (
        "<figure><figcaption><time datetime=2024-03-01>1 March</time> The picture</figcaption></figure>"
        "<div class=comments><p>Jane <time datetime=2024-03-09>9 March</time></p></div>"
    )

    assert read(BODY + others + "<p>Published: 5 March 2024</p>").date_published == utc(2024, 3, 5)


def test_a_time_element_may_have_its_moment_as_content() -> None:
    body = BODY.replace("</h1>", "</h1><time itemprop=datePublished content='2024-03-05T09:15:00Z'>Mar 5</time>")

    assert read(body).date_published == datetime(2024, 3, 5, 9, 15, tzinfo=UTC)


def test_the_date_in_the_address_counts_before_one_in_a_sentence() -> None:
    body = BODY.replace("</h1>", "</h1><p>stated on December 13, 2023 in a post:</p>")
    page = f"<html lang='en'><body>{body}</body></html>"

    assert read_page(page, "https://a.example/2023/dec/21/x/").date_published == datetime(2023, 12, 21, tzinfo=UTC)


@pytest.mark.parametrize("start", ["29.11.2022 – ", "Pressemitteilung vom 29. November 2022 | Berlin – "])
def test_a_dateline_dates_the_article(start: str) -> None:
    assert read(BODY.replace("<p>", f"<p>{start}", 1)).date_published == datetime(2022, 11, 29, tzinfo=UTC)


def test_of_two_claimed_days_the_one_that_the_page_shows_counts() -> None:
    head = claims(datePublished="2024-03-05") + meta("article:published_time", "2024-03-21T09:00:00Z")

    assert read(BODY.replace("</h1>", "</h1><p>21 March 2024</p>"), head).date_published == datetime(
        2024, 3, 21, 9, tzinfo=UTC
    )


@pytest.mark.parametrize("line", ["", "5 March 2024", "Updated 21 March 2024", "5 March 2024, in print 21 March 2024"])
def test_of_two_claimed_days_the_first_stays_where_the_page_shows_no_other(line: str) -> None:
    head = claims(datePublished="2024-03-05") + meta("article:published_time", "2024-03-21T09:00:00Z")

    assert read(BODY.replace("</h1>", f"</h1><p>{line}</p>"), head).date_published == datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(("name", "day"), [("PublishDate", 21), ("date", 5), ("published-updated", 5)])
def test_a_time_that_calls_itself_that_of_publication_is_a_claim_that_is_shown(name: str, day: int) -> None:
    body = BODY.replace("</h1>", f"</h1><time class='{name}' datetime='2024-03-21'>21 March 2024</time>")

    assert read(body, claims(datePublished="2024-03-05")).date_published == datetime(2024, 3, day, tzinfo=UTC)


def test_todays_date_at_the_top_of_the_page_counts_less_than_one_below_the_headline() -> None:
    today, below = "<p class=date>Friday, 29 March 2024</p>", BODY.replace("</h1>", "</h1><p>12.03.2024</p>")

    assert read(today + below).date_published == datetime(2024, 3, 12, tzinfo=UTC)
    assert read(today + BODY).date_published == datetime(2024, 3, 29, tzinfo=UTC)


@pytest.mark.parametrize("far", [False, True])
def test_a_date_below_the_word_published_is_the_publications(far: bool) -> None:
    line = "<p>Published</p><p>Feb 2, 2024</p>"
    body = BODY + "<p>Nothing.</p>" * 40 + line if far else BODY.replace("</h1>", f"</h1><p>3 March 2020</p>{line}")

    assert read(body).date_published == datetime(2024, 2, 2, tzinfo=UTC)
    assert read(body.replace("Published", "Planned")).date_published != datetime(2024, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "day"),
    [("A2026012914320005196", 29), ("20260129123456", 29), ("2013452914320005196", None), ("a2026012", None)],
)
def test_a_time_stamp_in_the_address_dates_an_article_that_says_nothing_else(number: str, day: int | None) -> None:
    published = read_page(
        f"<html lang='en'><body>{BODY}</body></html>", f"https://a.example/article/{number}"
    ).date_published

    assert (published and published.day) == day


def test_a_time_that_stands_below_the_headline_wins_over_one_day_for_both() -> None:
    head = claims(datePublished="2024-07-05", dateModified="2024-07-05")
    body = BODY.replace("</h1>", "</h1><time datetime='2024-03-01'>1 March 2024</time>")

    assert read(body, head).date_published == datetime(2024, 3, 1, tzinfo=UTC)


def test_an_impossible_date_is_nothing_and_its_text_is_evidence() -> None:
    article = read(head=claims(datePublished="2024-02-31"))

    assert article.date_published is None
    assert ("date_published", "json-ld", "2024-02-31") in [(e.field, e.source, e.value) for e in article.evidence]


def test_a_date_far_in_the_future_is_not_believed() -> None:
    assert read(head=claims(datePublished="2031-01-01"), now=datetime(2024, 3, 5, tzinfo=UTC)).date_published is None


def test_a_moment_without_a_zone_is_taken_in_utc() -> None:
    head = claims(datePublished="2024-03-05T09:15:00Z")
    naive = datetime(2024, 3, 5, tzinfo=UTC).replace(tzinfo=None)

    assert read(head=head, now=naive).date_published == datetime(2024, 3, 5, 9, 15, tzinfo=UTC)


def test_published_and_modified_are_distinguished() -> None:
    article = read(head=claims(datePublished="2024-03-05", dateModified="2024-03-06"))

    assert (article.date_published, article.date_modified) == (
        datetime(2024, 3, 5, tzinfo=UTC),
        datetime(2024, 3, 6, tzinfo=UTC),
    )
