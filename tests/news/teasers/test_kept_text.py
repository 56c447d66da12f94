"""What looks like a teaser, a promo or a stock phrase and is told by the reporter stays, beside what must go."""

import pytest

from news.article import Article, Block
from news.teasers import remove_teasers

# ruff: noqa: E501 (sentences and markup stay whole)


PROSE = "The council met on Monday evening and decided, after three hours of debate, to repair the old bridge over the river."
MORE = "The works will take two years, the mayor said, and cost more than the town has set aside for all of its roads together."


def kept(*texts: str | Block) -> tuple[str, ...]:
    blocks = tuple(text if isinstance(text, Block) else Block(text, tag="p") for text in texts)
    return remove_teasers(Article("https://outlet.example/a", None, blocks=blocks)).paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "Share this: the bridge, the river and the quay belong to all of us.",
        "You must be signed in at the gate by eight.",
        "By signing up, residents agree to be called at night.",
        "We may earn less, but we will keep the ferry running.",
        "Cookie settings were the last thing on the committee’s mind.",
        "Privacy policy was the one thing the council did not vote on.",
        "Thank you for your patience, the road office writes.",
        "Published in 2019, the report warned of cracks.",
        "Source: a man who asked not to be named said the girders had been painted over.",
        "Topics: bridges, boats and the budget. That was all the council talked about.",
        "Subscribe to our newsletter, the banner said, and 4,000 people did.",
        "Abonnieren Sie unseren Newsletter, sagte der Bürgermeister, und gewinnen Sie ein Fahrrad.",
    ],
)
def test_what_the_reporter_tells_stays(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, line, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "Share this:",
        "Share this article with your friends",
        "You must be logged in to post a comment.",
        "By signing up, you agree to our terms.",
        "We may earn a commission from links on this page.",
        "Cookie settings",
        "Privacy policy | Terms",
        "Thank you for subscribing!",
        "Published in March 2019",
        "Published: 14 May 2019",
        "Source: Council of Harrow Bay",
        "Topics: bridges, boats, U.S. budget",
        "Subscribe to our newsletter, and get the day’s news.",
        "Abonnieren Sie unseren Newsletter, und gewinnen Sie ein Fahrrad.",
        "نستخدم ملفات تعريف الارتباط لتخصيص المحتوى.",
        "אנו משתמשים בעוגיות להתאמת תוכן.",
        "我们使用Cookie来个性化内容。",
        "当サイトではクッキーを使用しています。",
        "당사는 쿠키를 사용합니다.",
        "เราใช้คุกกี้เพื่อปรับเนื้อหา",
    ],
)
def test_what_the_outlet_tells_its_readers_goes(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "lines",
    [
        ("1. Smith (Harrow) 2:14", "2. Jones (Millfield) 2:15", "3. Brown 2:16"),
        ("• Smith (Harrow)", "• Jones (Millfield)", "• Brown"),
        ("The committee has three members:", "Maureen Tillerman", "Ashok Patel", "Lena Fors"),
        ("Oh, the bridge is falling down", "Falling down, falling down", "Oh, the bridge is falling down", "My fair lady"),
        ("Roses are red,", "violets are blue,", "the bridge is shut,", "and so are you"),
    ],
)  # fmt: skip
def test_lists_and_verses_at_the_end_of_a_text_stay(lines: tuple[str, ...]) -> None:
    assert kept(PROSE, MORE, *lines) == (PROSE, MORE, *lines)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_titles_at_the_end_of_a_text_go_numbered_ones_too_when_they_are_links(share: float) -> None:
    number = ("1. ", "2. ", "3. ") if share else ("", "", "")
    titles = (
        f"{n}{title}" for n, title in zip(number, ("Goat wins prize", "Bridge shut", "Will it rain"), strict=True)
    )

    assert kept(PROSE, MORE, *(Block(title, tag="p", link_share=share) for title in titles)) == (PROSE, MORE)


def test_dates_of_other_articles_at_the_end_are_no_numbered_list() -> None:
    assert kept(PROSE, MORE, "27. Mai 2020", "5. Februar 2020", "24. Juni 2020") == (PROSE, MORE)


def test_a_quotation_of_short_lines_at_the_end_stays() -> None:
    assert kept(PROSE, Block("Roses are red", tag="blockquote"))[-1] == "Roses are red"


def test_a_heading_among_the_titles_that_has_text_below_it_stays() -> None:
    heading, head = Block("Latest news", tag="h2"), Block("How the bridge was built", tag="h2")

    assert kept(PROSE, heading, "Goat wins prize", head, MORE) == (PROSE, head.text, MORE)


def test_a_timeline_of_sentences_stays_and_a_list_of_titles_goes() -> None:
    told = ("3 hours ago the first cracks were seen.", "2 hours ago police closed the road.", "1 hour ago divers came.")
    titles = ("3 hours ago Cola trick", "2 hours ago Goat wins prize", "1 hour ago Will it rain?")

    assert kept(PROSE, *told, MORE) == (PROSE, *told, MORE)
    assert kept(PROSE, *titles, MORE) == (PROSE, MORE)
