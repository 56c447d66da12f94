"""The closing account in words, and the exit code that goes with it."""

import pytest

from archive.crawl_summary import CrawlSummary
from cli.crawl_report import closing_lines, crawl_line
from cli.progress import is_problem
from crawler.results import CrawlResult, exit_code
from news.crawl_volume import Usual
from news.dispositions import Disposition, Ledger
from news.errors import ArchiveUnavailable, Busy, NewsError

NEW, FAILED, UNCHANGED, REVISED = Disposition.NEW, Disposition.FAILED, Disposition.UNCHANGED, Disposition.REVISED


def result(counts: dict[Disposition, int], links: int | None = None, **more: object) -> CrawlResult:
    reasons = {(FAILED, "http_503"): counts[FAILED]} if counts.get(FAILED) else {}
    ledger = Ledger(sum(counts.values()) if links is None else links, counts, reasons)
    values = {"state": "finished", "crawl_id": 2041, "ledger": ledger, "seconds": 112, "pages": 53, "size": 6_200_000}
    return CrawlResult("spiegel", "https://www.spiegel.de", **(values | more))  # type: ignore[arg-type]


def test_each_way_to_end_has_a_line_with_its_reasons_and_the_next_command() -> None:
    lines = closing_lines(result({NEW: 38, REVISED: 7, FAILED: 2}), CrawlSummary())
    assert lines[0] == "Crawl 2041 · spiegel · 1 min 52 s · 53 pages, 6.2 MB"
    assert lines[1] == "   38  new"
    assert lines[2].endswith("newskeep diff --crawl 2041")
    assert lines[3].startswith("    2  failed     2 HTTP 503")
    assert lines[3].endswith("newskeep crawl --retry 2041")
    assert lines[4] == "   47  links seen ✓ all accounted for"


def test_what_was_removed_and_what_is_usual_stand_below_the_links() -> None:
    account = CrawlSummary(
        312, 45, 7, 41, {"headline": 3, "typo": 2}, {"krone": 5}, Usual(38, 29, 51, "Sunday evening")
    )
    lines = closing_lines(result({NEW: 38, REVISED: 7}), account)
    assert lines[2].split() == [
        "7",
        "revised",
        "3",
        "headline",
        "·",
        "2",
        "typo",
        *["newskeep", "diff", "--crawl", "2041"],
    ]
    assert lines[-2].startswith("  Teasers   312 blocks removed from 45 texts, 7–41 % of the text ")
    assert lines[-2].endswith(" · newskeep show --removed --crawl 2041")
    assert lines[-1] == "  Normal    38 new is within the usual 29–51 for a Sunday evening"


def test_more_or_less_than_usual_is_unusual() -> None:
    few, many = (CrawlSummary(usual=Usual(new, 29, 51, "Sunday evening")) for new in (3, 99))
    assert closing_lines(result({NEW: 3}), few)[-1] == "  Unusual   3 new is below the usual 29–51 for a Sunday evening"
    assert "99 new is above the usual" in closing_lines(result({NEW: 99}), many)[-1]


def test_one_line_names_why_pages_failed_and_how_to_try_again() -> None:
    assert crawl_line(result({NEW: 38, FAILED: 2})).endswith(
        "38 new, 2 failed; ✓ all accounted for; failed: 2 HTTP 503; try: newskeep crawl --retry 2041"
    )
    assert "retry" not in crawl_line(result({NEW: 38}))


def test_books_that_do_not_balance_are_named_and_end_with_8() -> None:
    crawl = result({NEW: 3}, links=4)
    assert "✗ the books do not balance" in crawl_line(crawl)
    assert exit_code([crawl]) == 8


def test_links_of_an_interrupted_crawl_wait_and_are_accounted_for() -> None:
    crawl = result({NEW: 3}, links=8, state="interrupted")
    assert "    5  waiting    the next crawl goes on with them" in closing_lines(crawl, CrawlSummary())
    assert closing_lines(crawl, CrawlSummary())[-1] == "    8  links seen · 5 left to the next crawl"
    assert crawl_line(crawl).endswith("3 new; 5 left to the next crawl")
    assert crawl.balanced
    assert exit_code([crawl]) == 130


def test_a_crawl_that_could_read_nothing_has_no_books_to_praise() -> None:
    assert closing_lines(result({}, looked=False), CrawlSummary())[-1] == "    0  links seen ✗ nothing could be read"
    assert closing_lines(result({}), CrawlSummary())[-1] == "    0  links seen ✓ all accounted for"


def test_a_site_that_never_gave_a_link_is_no_success_and_says_so() -> None:
    without_links = result({}, unread={"https://a.example/": "no_links"})
    lines = closing_lines(without_links, CrawlSummary())
    assert "    0  links seen ✗ no link to an article was found" in lines
    assert lines[-1] == "  https://a.example/: nothing in it looks like a link to an article"
    assert exit_code([without_links]) == 5
    assert is_problem(without_links)


def test_a_feed_that_gave_nothing_is_named_off_a_terminal_too() -> None:
    lost = result({NEW: 1}, unread={"https://a.example/feed": "http_404", "https://a.example/": "layout_changed"})
    assert "; not read: https://a.example/feed: HTTP 404 and 1 more" in crawl_line(lost)
    assert "not read" not in crawl_line(result({NEW: 1}))


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result({NEW: 1})], 0),
        ([result({})], 0),
        ([result({NEW: 1, FAILED: 1})], 3),
        ([result({FAILED: 1})], 5),
        ([result({}, looked=False)], 5),
        ([result({NEW: 1}), result({}, looked=False)], 3),
        ([result({NEW: 1}), result({}, problem=Busy("x"), ledger=None)], 7),
        ([result({NEW: 1}), result({}, problem=ArchiveUnavailable("x"), ledger=None)], 6),
        ([result({NEW: 1}), result({}, problem=NewsError("x"), ledger=None)], 1),
    ],
)
def test_the_weightiest_end_gives_the_exit_code(results: list[CrawlResult], code: int) -> None:
    assert exit_code(results) == code
