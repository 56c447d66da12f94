"""Scheduled crawls: pages wait until they are due, failing feeds until their pause is over."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from crawler.results import CrawlResult
from crawler.runner import crawl
from crawler.targets import CrawlOptions
from tests.conftest import Outcome
from tests.site import Site, story

ON_SCHEDULE = CrawlOptions(delay=0, recheck=False, on_schedule=True)
BRIDGE = "/town/bridge-opens-today"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        opened.article(BRIDGE, "The bridge opens today", *story("bridge"))
        opened.feed("/feed.xml", BRIDGE)
        yield opened


def entry(home: Home, site: Site, more: str = "") -> None:
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "town"\nurl = "{site.url()}"\nlistings = []\nsitemaps = []\n'
        f'feeds = ["{site.url("/feed.xml")}"]\n{more}\n'
    )


def crawled(home: Home, engine: Engine, options: CrawlOptions = ON_SCHEDULE) -> CrawlResult:
    [result] = crawl(home, engine, ["town"], options)
    assert result.balanced, result
    return result


def counts(result: CrawlResult) -> dict[str, int]:
    assert result.ledger
    return {str(kind): number for kind, number in result.ledger.counts.items()}


def listed_again(site: Site, *paths: str) -> None:
    """The feed changes, so that it is read."""
    site.feed("/feed.xml", *(paths or (BRIDGE,)), title=f"The Site {len(site.seen)}")


def run(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.begin() as conn:
        done = conn.execute(text(statement))
        return [tuple(row) for row in done] if done.returns_rows else []


def test_a_listed_page_is_looked_at_a_second_time_and_then_more_rarely(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site)
    crawled(home, engine)
    run(engine, "update links set first_seen_at = first_seen_at - interval '1 hour'")
    listed_again(site)
    assert counts(crawled(home, engine)) == {"unchanged": 1}
    assert len(site.requests(BRIDGE)) == 2

    listed_again(site)
    third = crawled(home, engine)

    assert len(site.requests(BRIDGE)) == 2  # an hour old: the next look comes in an hour
    assert third.ledger
    assert {reason: number for (_, reason), number in third.ledger.reasons.items()} == {"not_due": 1}
    assert run(engine, "select due_at - now() > interval '59 minutes', state from links") == [(True, "done")]


def test_what_is_not_looked_at_leaves_no_event(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site, 'revisit = ["1h"]')
    for _ in range(3):
        crawled(home, engine)
        listed_again(site)
    run(engine, "update links set due_at = now()")
    crawled(home, engine)

    assert run(engine, "select disposition from link_events") == [("new",)]


def test_a_page_is_looked_at_again_at_the_age_asked_for_and_not_before(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site, 'revisit = ["1h", "1d"]')
    crawled(home, engine)
    listed_again(site)
    crawled(home, engine)
    assert len(site.requests(BRIDGE)) == 1

    run(engine, "update links set first_seen_at = now() - interval '61 minutes', due_at = now()")
    site.article(BRIDGE, "The bridge opens tomorrow", *story("bridge"))
    assert counts(crawled(home, engine)) == {"revised": 1}
    assert run(engine, "select round(extract(epoch from due_at - first_seen_at) / 3600) from links") == [(24,)]


def test_a_page_that_is_due_is_looked_at_though_nothing_lists_it(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site, 'revisit = ["1h"]')
    crawled(home, engine)
    site.feed("/feed.xml")
    run(engine, "update links set due_at = now()")

    assert counts(crawled(home, engine)) == {"unchanged": 1}
    assert len(site.requests(BRIDGE)) == 2


def test_a_crawl_by_hand_looks_at_whatever_is_listed(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site, 'revisit = ["1h"]')
    crawled(home, engine)

    crawled(home, engine, CrawlOptions(delay=0))

    assert len(site.requests(BRIDGE)) == 2


def test_a_feed_that_fails_is_left_alone_for_a_while_and_the_others_are_not(
    home: Home, engine: Engine, site: Site
) -> None:
    entry(home, site)
    text_ = home.outlets_file.read_text()
    home.outlets_file.write_text(text_.replace("feeds = [", f'feeds = ["{site.url("/missing.xml")}", '))
    for _ in range(3):
        crawled(home, engine)

    assert len(site.requests("/missing.xml")) == 1
    assert len(site.requests("/feed.xml")) == 3
    assert run(
        engine, "select failures, next_due_at - now() < interval '10 minutes' from channels where failures > 0"
    ) == [(1, True)]
    crawled(home, engine, CrawlOptions(delay=0))
    assert len(site.requests("/missing.xml")) == 2  # a crawl that a person starts does not wait


def test_the_only_feed_is_tried_whenever_the_outlets_turn_comes(home: Home, engine: Engine, site: Site) -> None:
    entry(home, site)
    site.put("/feed.xml", "", status=404, etag=False)

    assert [crawled(home, engine).looked for _ in range(2)] == [False, False]
    listed_again(site)
    assert crawled(home, engine).looked
    assert run(engine, "select failures, next_due_at from channels where kind = 'feed'") == [(0, None)]


def coverage(engine: Engine) -> list[tuple[object, ...]]:
    return run(engine, "select looked, links, reason from v_coverage order by crawl")


def test_nothing_changed_differs_from_nothing_listed(
    home: Home, engine: Engine, site: Site, newskeep: Callable[..., Outcome]
) -> None:
    entry(home, site)
    crawled(home, engine)
    quiet = crawled(home, engine)
    site.feed("/feed.xml", title="Nothing today")
    empty = crawled(home, engine)
    still_empty = crawled(home, engine)

    assert [result.unchanged for result in (quiet, empty, still_empty)] == [True, False, False]
    assert coverage(engine) == [(True, 1, None), (True, 0, "unchanged"), (True, 0, None), (True, 0, None)]
    assert [line.split("town  ")[1] for line in newskeep("crawls", "list").out.splitlines()] == [
        "no links", "no links", "nothing changed", "1 new",
    ]  # fmt: skip
    assert " · nothing has changed since the last crawl\n" in newskeep("crawls", "show", str(quiet.crawl_id)).out
    assert "nothing has changed" not in newskeep("crawls", "show", str(empty.crawl_id)).out


def test_one_feed_that_is_unchanged_and_one_that_is_read_are_no_quiet_crawl(
    home: Home, engine: Engine, site: Site
) -> None:
    site.feed("/other.xml", "/town/other-bridge-opens-today")
    site.article("/town/other-bridge-opens-today", "The other bridge opens", *story("other"))
    entry(home, site)
    home.outlets_file.write_text(
        home.outlets_file.read_text().replace("feeds = [", f'feeds = ["{site.url("/other.xml")}", ')
    )
    crawled(home, engine)
    listed_again(site)

    assert not crawled(home, engine).unchanged
    assert coverage(engine)[-1] == (True, 1, None)
