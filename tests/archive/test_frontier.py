import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from archive.crawls import Crawl, close_crawl, find_crawl, list_crawls, open_crawl
from archive.frontier import (
    Settlement,
    add_links,
    due_links,
    ledger,
    owed_links,
    retry_links,
    settle,
    waiting_links,
)
from archive.outlets import ensure_outlet
from news.dispositions import Disposition
from news.errors import Busy
from news.outlets import FoundLink

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def outlet(engine: Engine, name: str = "krone") -> int:
    with engine.begin() as conn:
        return ensure_outlet(conn, name, f"https://{name}.example/")


def begin(engine: Engine, outlet_id: int, *urls: str) -> Crawl:
    crawl = open_crawl(engine, outlet_id, "test")
    with engine.begin() as conn:
        add_links(conn, outlet_id, crawl.id, None, [FoundLink(url) for url in urls])
    return crawl


def end(engine: Engine, crawl: Crawl, disposition: Disposition, reason: str | None = None) -> None:
    with engine.begin() as conn:
        owed = owed_links(conn, crawl.id)
        settle(conn, crawl.id, *[Settlement(link.id, disposition, reason) for link in owed])


def die(crawl: Crawl) -> None:
    """Close the connections, as the death of a crawl's process does."""
    crawl.locks.drop()


def events(engine: Engine) -> list[tuple[str, str | None]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text("select disposition, reason from link_events order by id"))]


def test_two_spellings_of_a_page_are_one_link(engine: Engine) -> None:
    krone = outlet(engine)
    crawl = open_crawl(engine, krone, "test")
    with engine.begin() as conn:
        links = add_links(
            conn,
            krone,
            crawl.id,
            None,
            [
                FoundLink("https://krone.example/a-1?utm_source=rss"),
                FoundLink("mailto:somebody"),
                FoundLink("http://www.krone.example/a-1/#top", title="A\x00\ud800"),
                FoundLink("https://krone.example/a-2"),
            ],
        )

    assert [link.url for link in links] == [
        "https://krone.example/a-1?utm_source=rss",
        "https://krone.example/a-2",
    ]
    assert links[0].title == "A\ufffd"
    assert close_crawl(engine, crawl).links == 2


def test_books_balance_when_every_link_is_settled(engine: Engine) -> None:
    crawl = begin(engine, outlet(engine), "https://krone.example/a", "https://krone.example/b")
    with engine.begin() as conn:
        first, second = owed_links(conn, crawl.id)
        settle(conn, crawl.id, Settlement(first.id, Disposition.SKIPPED, "robots_txt"))
        assert not ledger(conn, crawl.id).balanced
        settle(conn, crawl.id, Settlement(second.id, Disposition.NEW))
    books = close_crawl(engine, crawl)

    assert books.balanced
    assert books.counts == {Disposition.SKIPPED: 1, Disposition.NEW: 1}
    assert books.reasons == {(Disposition.SKIPPED, "robots_txt"): 1}
    with engine.connect() as conn:
        assert ledger(conn, crawl.id) == books


def test_link_settled_in_this_crawl_is_not_owed_again_when_another_channel_lists_it(engine: Engine) -> None:
    krone = outlet(engine)
    crawl = begin(engine, krone, "https://krone.example/a")
    end(engine, crawl, Disposition.NEW)
    with engine.begin() as conn:
        links = add_links(conn, krone, crawl.id, None, [FoundLink("https://krone.example/a")])

    assert [(link.owed, link.seen) for link in links] == [(False, 1)]
    assert close_crawl(engine, crawl).balanced


def test_next_crawl_owes_a_listed_link_again_and_knows_how_it_ended(engine: Engine) -> None:
    krone = outlet(engine)
    crawl = begin(engine, krone, "https://krone.example/a")
    end(engine, crawl, Disposition.FAILED, "http_503")
    close_crawl(engine, crawl)
    second = begin(engine, krone, "https://krone.example/a")
    with engine.connect() as conn:
        (link,) = owed_links(conn, second.id)
    die(second)

    assert (link.disposition, link.reason, link.attempts, link.seen) == (Disposition.FAILED, "http_503", 1, 2)


def test_links_of_a_killed_crawl_wait_for_the_next(engine: Engine) -> None:
    krone = outlet(engine)
    die(begin(engine, krone, "https://krone.example/a", "https://krone.example/b"))
    crawl = open_crawl(engine, krone, "test")
    with engine.begin() as conn:
        left = waiting_links(conn, krone, crawl.id)
        settle(conn, crawl.id, *[Settlement(link.id, Disposition.NEW) for link in left])
        interrupted = find_crawl(conn, crawl.id - 1)
    books = close_crawl(engine, crawl)

    assert [link.url[-1] for link in left] == ["a", "b"]
    assert interrupted
    assert (interrupted.state, interrupted.links, interrupted.balanced) == ("interrupted", 2, True)
    assert books.balanced
    assert books.links == 2


def test_second_crawl_of_an_outlet_is_refused_while_the_first_runs(engine: Engine) -> None:
    krone = outlet(engine)
    first = open_crawl(engine, krone, "test")
    with pytest.raises(Busy, match=f"krone is being crawled already .crawl {first.id}."):
        open_crawl(engine, krone, "test")
    other = open_crawl(engine, outlet(engine, "kurier"), "test")
    close_crawl(engine, other)
    close_crawl(engine, first)

    close_crawl(engine, open_crawl(engine, krone, "test"))


def test_link_of_another_outlet_stays_there_and_both_books_balance(engine: Engine) -> None:
    krone, kurier = outlet(engine), outlet(engine, "kurier")
    owner = begin(engine, krone, "https://krone.example/a")
    guest = begin(engine, kurier, "https://krone.example/a", "https://kurier.example/b")
    end(engine, guest, Disposition.UNCHANGED)
    guest_books = close_crawl(engine, guest)
    end(engine, owner, Disposition.NEW)
    with engine.begin() as conn:
        add_links(conn, krone, owner.id, None, [FoundLink("https://krone.example/a")])
    owner_books = close_crawl(engine, owner)

    assert guest_books.balanced
    assert guest_books.links == 2
    assert owner_books.balanced
    assert owner_books.links == 1
    with engine.connect() as conn:
        assert ledger(conn, guest.id) == guest_books
        owners = conn.execute(text("select name from links l join outlets o on o.id = l.outlet_id order by l.id"))
        assert owners.scalars().all() == ["krone", "kurier"]
        assert conn.execute(text("select count(*) from guest_links")).scalar_one() == 0


def test_failed_links_are_retried_unless_a_later_crawl_met_them(engine: Engine) -> None:
    krone, kurier = outlet(engine), outlet(engine, "kurier")
    close_crawl(engine, begin(engine, kurier, "https://kurier.example/c"))
    first = begin(engine, krone, "https://krone.example/a", "https://krone.example/b", "https://kurier.example/c")
    end(engine, first, Disposition.FAILED, "timeout")
    close_crawl(engine, first)
    second = begin(engine, krone, "https://krone.example/b")
    end(engine, second, Disposition.NEW)
    close_crawl(engine, second)
    third = open_crawl(engine, krone, "retry")
    with engine.begin() as conn:
        retried = retry_links(conn, third.id, first.id)

    assert [link.url for link in retried] == ["https://krone.example/a", "https://kurier.example/c"]
    end(engine, third, Disposition.NEW)
    assert close_crawl(engine, third).counts == {Disposition.NEW: 2}


def test_outlets_that_list_the_same_pages_at_once_both_balance(engine: Engine) -> None:
    urls = [f"https://shared.example/{number}" for number in range(300)]
    crawls = [open_crawl(engine, outlet(engine, name), "test") for name in ("krone", "kurier", "presse")]

    def list_all(crawl: Crawl, turn: int) -> None:
        for start in range(0, 300, 50):
            found = [FoundLink(url) for url in urls[start : start + 50]][:: 1 if turn % 2 else -1]
            with engine.begin() as conn:
                links = add_links(conn, crawl.outlet_id, crawl.id, None, found)
                settle(conn, crawl.id, *[Settlement(link.id, Disposition.SKIPPED, "test") for link in links])

    threads = [threading.Thread(target=list_all, args=(crawl, turn)) for turn, crawl in enumerate(crawls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    books = [close_crawl(engine, crawl) for crawl in crawls]

    assert [(ledger.links, ledger.counts, ledger.balanced) for ledger in books] == [
        (300, {Disposition.SKIPPED: 300}, True)
    ] * 3


def test_link_is_looked_at_again_when_it_is_due(engine: Engine) -> None:
    krone = outlet(engine)
    first = begin(engine, krone, "https://krone.example/a")
    with engine.begin() as conn:
        (link,) = owed_links(conn, first.id)
        settle(conn, first.id, Settlement(link.id, Disposition.NEW, due_at=NOW))
        assert due_links(conn, krone, first.id, NOW) == []
    close_crawl(engine, first)
    second = open_crawl(engine, krone, "test")
    with engine.begin() as conn:
        assert due_links(conn, krone, second.id, NOW - timedelta(seconds=1)) == []
        assert [due.id for due in due_links(conn, krone, second.id, NOW)] == [link.id]
        assert not ledger(conn, second.id).balanced
    die(second)


def test_history_grows_with_changes_and_not_with_polling(engine: Engine) -> None:
    krone = outlet(engine)
    ends: list[tuple[Disposition, str | None]] = [
        (Disposition.FAILED, "timeout"),
        (Disposition.FAILED, "timeout"),
        (Disposition.FAILED, "http_503"),
        (Disposition.NEW, None),
        (Disposition.UNCHANGED, None),
        (Disposition.UNCHANGED, None),
        (Disposition.REVISED, None),
        (Disposition.REVISED, None),
        (Disposition.SKIPPED, "robots_txt"),
        (Disposition.UNCHANGED, None),
    ]
    for disposition, reason in ends:
        crawl = begin(engine, krone, "https://krone.example/a")
        end(engine, crawl, disposition, reason)
        close_crawl(engine, crawl)

    assert events(engine) == [
        ("failed", "timeout"),
        ("failed", "http_503"),
        ("new", None),
        ("revised", None),
        ("revised", None),
        ("skipped", "robots_txt"),
        ("unchanged", None),
    ]


def test_time_announced_far_ahead_is_not_believed(engine: Engine) -> None:
    krone = outlet(engine)
    crawl = open_crawl(engine, krone, "test")
    far = datetime(9999, 1, 1, tzinfo=UTC)
    with engine.begin() as conn:
        (link,) = add_links(conn, krone, crawl.id, None, [FoundLink("https://krone.example/a", announced_at=far)])
        (second,) = add_links(conn, krone, crawl.id, None, [FoundLink("https://krone.example/a", announced_at=NOW)])
    die(crawl)

    assert link.announced_at is None
    assert second.announced_at is None or second.announced_at == NOW


def test_crawls_are_listed_newest_first_with_their_coverage(engine: Engine) -> None:
    krone = outlet(engine)
    crawl = begin(engine, krone, "https://krone.example/a")
    end(engine, crawl, Disposition.NEW)
    close_crawl(engine, crawl, pages=1, size=2048)
    close_crawl(engine, open_crawl(engine, krone, "test"))
    close_crawl(engine, open_crawl(engine, krone, "test"), state="failed", looked=False, reason="offline")
    with engine.connect() as conn:
        listed = list_crawls(conn, outlet="krone")
        looked = conn.execute(text("select looked, links, new, reason from v_coverage order by crawl")).all()

    assert [(row.state, row.pages, row.bytes) for row in listed] == [
        ("failed", 0, 0),
        ("finished", 0, 0),
        ("finished", 1, 2048),
    ]
    assert [tuple(row) for row in looked] == [(True, 1, 1, None), (True, 0, 0, None), (False, 0, 0, "offline")]
