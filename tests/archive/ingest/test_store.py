import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from archive.captures import CapturedResponse, CaptureFiles, read_record
from archive.captures.index import find_original
from archive.crawls import close_crawl, open_crawl
from archive.frontier import ledger, waiting_links
from archive.home import Home
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.store import store_pages
from news.article import Article, Block, Flag, Label
from news.dispositions import Disposition
from news.errors import ArchiveUnavailable
from tests.newsroom import LONG, NOW, OTHER, Newsroom, article


def test_new_page_is_stored_with_what_was_removed_from_it(newsroom: Newsroom) -> None:
    (outcome,) = newsroom.store(article(authors=("Eva",), date_published=NOW))

    assert (outcome.disposition, outcome.revision, outcome.removed) == (Disposition.NEW, 1, {"teaser": 1})
    assert newsroom.rows("select outlet, headline, lead, body, language, authors, date_published from v_articles") == [
        ("krone", "Zug entgleist", "Bei Linz.", LONG, "de-AT", ["Eva"], NOW)
    ]
    assert newsroom.rows("select label, rule, score, text from blocks") == [("teaser", "timed_list", 99, "OTHER NEWS")]


def test_unchanged_page_with_new_teasers_is_unchanged(newsroom: Newsroom) -> None:
    newsroom.store(article())

    assert newsroom.see(article(teasers=("5 hrs ago", "Cola trick"))) is Disposition.UNCHANGED
    assert newsroom.rows("select count(*) from revisions") == [(1,)]


def test_edit_is_one_revision_and_closes_the_one_before(newsroom: Newsroom) -> None:
    newsroom.store(article())
    (outcome,) = newsroom.store(article(body=LONG + "\n\nNachtrag."))

    assert (outcome.disposition, outcome.revision, outcome.changes) == (Disposition.REVISED, 2, ("paragraph_added",))
    assert newsroom.see(article(body=LONG + "\n\nNachtrag.")) is Disposition.UNCHANGED
    first, second = newsroom.rows("select number, valid_from, valid_to, changes from v_revisions order by number")
    assert first[2] == second[1] == NOW + timedelta(hours=2)
    assert second[2] is None
    assert newsroom.rows("select body from v_articles") == [(LONG + "\n\nNachtrag.",)]


def test_text_of_another_outlet_is_a_copy_in_one_story(newsroom: Newsroom) -> None:
    first, second = newsroom.store(article(), article("https://kurier.example/b-1", headline="Zug aus den Schienen"))

    assert second.disposition is Disposition.COPY
    assert second.story_id == first.story_id
    assert newsroom.rows("select relation, matched_article_id from story_members order by article_id") == [
        ("first", None),
        ("copy", first.article_id),
    ]


def test_short_text_is_never_joined_to_another(newsroom: Newsroom) -> None:
    wall = "Bitte stimmen Sie zu, um weiterzulesen."
    outcomes = newsroom.store(article(body=wall), article("https://kurier.example/b", body=wall))

    assert [outcome.disposition for outcome in outcomes] == [Disposition.NEW, Disposition.NEW]
    assert outcomes[0].story_id != outcomes[1].story_id


def test_same_text_at_another_address_of_the_outlet_is_moved(newsroom: Newsroom) -> None:
    (first,) = newsroom.store(article())
    (second,) = newsroom.store(article("https://krone.example/b-2"))

    assert (second.disposition, second.article_id) == (Disposition.MOVED, first.article_id)
    assert newsroom.see(article("https://krone.example/b-2")) is Disposition.UNCHANGED
    assert newsroom.rows("select count(*) from articles") == [(1,)]


def test_declared_canonical_address_joins_two_addresses(newsroom: Newsroom) -> None:
    canonical = "https://krone.example/zug-entgleist-12345"
    newsroom.store(article("https://krone.example/p/1", canonical_url=canonical))

    assert newsroom.see(article("https://krone.example/p/2", canonical_url=canonical)) is Disposition.MOVED
    assert newsroom.rows("select canonical_url, url from articles") == [(canonical, "https://krone.example/p/1")]


def test_address_that_all_pages_declare_joins_none(newsroom: Newsroom) -> None:
    shared_url = "https://krone.example/zug-entgleist-12345"
    outcomes = newsroom.store(
        article("https://krone.example/p/1", canonical_url=shared_url),
        article("https://krone.example/p/2", OTHER, headline="Something else entirely", canonical_url=shared_url),
    )

    assert [outcome.disposition for outcome in outcomes] == [Disposition.NEW, Disposition.NEW]
    assert newsroom.rows("select canonical_url from articles order by id") == [
        (shared_url,),
        ("https://krone.example/p/2",),
    ]


def test_paywalled_stub_never_replaces_the_full_text(newsroom: Newsroom) -> None:
    newsroom.store(article())
    stub = article(body="Wort0 Wort1", flags=frozenset({Flag.PAYWALLED}))
    (outcome,) = newsroom.store(stub)

    assert (outcome.disposition, outcome.reason) == (Disposition.UNCHANGED, "paywalled_later")
    assert newsroom.see(article()) is Disposition.UNCHANGED
    assert newsroom.rows("select body from v_articles") == [(LONG,)]


def test_full_text_replaces_the_paywalled_stub(newsroom: Newsroom) -> None:
    newsroom.store(article(body="Wort0 Wort1", flags=frozenset({Flag.PAYWALLED})))

    assert newsroom.see(article()) is Disposition.REVISED
    assert newsroom.rows("select body, flags from v_articles") == [(LONG, [])]


def test_text_that_only_our_rules_read_otherwise_is_no_revision(newsroom: Newsroom, home: Home) -> None:
    better = article(body=LONG + "\n\nA line the old rules missed.", rules="2")
    with CaptureFiles(home) as captures:
        record = captures.write(CapturedResponse("https://krone.example/a-1", 200, (), b"<p>", NOW))
        page = replace(newsroom.page(article()), record=record)
        store_pages(newsroom.engine, [page], captures)
    read = []

    def reread(*place: object) -> Article:
        read.append(place)
        return better

    (outcome,) = store_pages(newsroom.engine, [replace(newsroom.page(better), reread=reread)])

    assert read == [(record.file, record.offset, record.length)]
    assert (outcome.disposition, outcome.evidence) == (Disposition.UNCHANGED, {"rule": "better_reading"})
    assert newsroom.rows("select rules from readings order by id") == [("1",), ("2",)]


def test_edit_is_a_revision_even_when_our_rules_have_changed(newsroom: Newsroom, home: Home) -> None:
    with CaptureFiles(home) as captures:
        record = captures.write(CapturedResponse("https://krone.example/a-1", 200, (), b"<p>", NOW))
        store_pages(newsroom.engine, [replace(newsroom.page(article()), record=record)], captures)
    edited = newsroom.page(article(headline="Zug entgleist: elf Tote", rules="2"))
    (outcome,) = store_pages(newsroom.engine, [replace(edited, reread=lambda *_: article(rules="2"))])

    assert outcome.disposition is Disposition.REVISED


def test_full_disk_fails_no_page(newsroom: Newsroom) -> None:
    with newsroom.engine.begin() as conn:
        conn.execute(
            text("""
            create function no_room() returns trigger language plpgsql as
            $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$""")
        )
        conn.execute(text("create trigger no_room before insert on revisions execute function no_room()"))
    with pytest.raises(ArchiveUnavailable, match="no room"):
        newsroom.store(article())

    assert newsroom.rows("select disposition, reason from links") == [(None, None)]


def test_page_that_cannot_be_stored_takes_no_neighbour_along(newsroom: Newsroom) -> None:
    broken = article("https://krone.example/b", OTHER)
    broken = replace(broken, blocks=(*broken.blocks, Block("x", Label.TEASER, "r", float("nan"))))
    outcomes = newsroom.store(article(), broken, article("https://kurier.example/c", headline="C"))

    assert [(outcome.disposition, outcome.reason) for outcome in outcomes] == [
        (Disposition.NEW, None),
        (Disposition.FAILED, "store_error"),
        (Disposition.COPY, None),
    ]
    with newsroom.engine.connect() as conn:
        assert ledger(conn, newsroom.crawl("krone").id).balanced


def test_what_no_database_keeps_is_cleaned_away(newsroom: Newsroom) -> None:
    (outcome,) = newsroom.store(
        article(
            body=LONG + "\x00\ud800",
            headline="A\x00",
            teasers=("T\x00\udfff",),
            authors=("E\x00",),
            section="\ud801",
            language="de\x00",
        )
    )

    assert outcome.disposition is Disposition.NEW
    assert newsroom.rows("select headline, authors, language from v_articles") == [("A", ["E"], "de")]
    assert newsroom.rows("select text from blocks") == [("T\ufffd",)]


def test_very_long_text_is_stored_whole_and_found_by_its_beginning(newsroom: Newsroom) -> None:
    body = " ".join(f"𐍈wort{number}" for number in range(200_000))
    (outcome,) = newsroom.store(article(body=body))

    assert outcome.disposition is Disposition.NEW
    assert newsroom.rows("select words, search @@ to_tsquery('german', '𐍈wort77') from articles, texts") == [
        (200_000, True)
    ]


def test_same_page_twice_in_a_batch_is_one_article(newsroom: Newsroom) -> None:
    canonical = "https://krone.example/zug-entgleist-12345"
    outcomes = newsroom.store(
        article("https://krone.example/p/1", canonical_url=canonical),
        article("https://krone.example/p/2", LONG + "\n\nMehr.", canonical_url=canonical),
        article("https://krone.example/p/1", canonical_url=canonical),
    )

    assert [outcome.disposition for outcome in outcomes] == [
        Disposition.NEW,
        Disposition.REVISED,
        Disposition.UNCHANGED,
    ]
    assert newsroom.rows("select number, valid_to is null from v_revisions order by number") == [(1, False), (2, True)]
    assert newsroom.rows("select body from v_articles") == [(LONG + "\n\nMehr.",)]


def test_page_without_text_is_settled_with_its_reason_and_its_capture_is_kept(newsroom: Newsroom, home: Home) -> None:
    link = newsroom.link("https://krone.example/a")
    with CaptureFiles(home) as captures:
        record = captures.write(CapturedResponse(link.url, 200, (("Content-Type", "text/html"),), b"<p>x", NOW))
        page = FetchedPage(
            link.id, newsroom.crawl("krone").id, NOW, record, disposition=Disposition.SKIPPED, reason="not_an_article"
        )
        with pytest.raises(ValueError, match="on disk"):
            store_pages(newsroom.engine, [page])
        store_pages(newsroom.engine, [page], captures)

    assert newsroom.rows("select disposition, reason from v_links") == [("skipped", "not_an_article")]
    ((file, offset, length),) = newsroom.rows("select file, record_offset, record_length from captures")
    assert read_record(home, str(file), int(str(offset)), int(str(length))).body == b"<p>x"
    with newsroom.engine.connect() as conn:
        found = find_original(conn, link.url_key, digest=record.digest)
    assert found
    assert found.original.url == link.url


def test_text_that_several_outlets_store_at_once_is_one_story(newsroom: Newsroom) -> None:
    names = ["krone", "kurier", "presse", "standard"]
    batches = [
        [newsroom.page(article(f"https://{name}.example/{n}", LONG.replace("Wort", f"Wort{n}x"))) for n in numbers]
        for name, numbers in zip(names, ([1, 2, 3], [3, 2, 1], [2, 1, 3], [3, 1, 2]), strict=True)
    ]
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda batch=batch: outcomes.extend(store_pages(newsroom.engine, batch)))
        for batch in batches
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome.disposition for outcome in outcomes) == ["copy"] * 9 + ["new"] * 3
    assert newsroom.rows("select articles from v_stories") == [(4,), (4,), (4,)]


def test_one_address_stored_by_two_crawls_at_once_is_one_article(newsroom: Newsroom) -> None:
    page = newsroom.page(article())
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda: outcomes.extend(store_pages(newsroom.engine, [page]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome.disposition for outcome in outcomes) == ["new", "unchanged", "unchanged", "unchanged"]
    assert newsroom.rows("select count(*) from articles") == [(1,)]


def test_kill_between_record_and_row_loses_nothing_and_stores_nothing_twice(newsroom: Newsroom, home: Home) -> None:
    page, link = newsroom.page(article()), newsroom.link("https://krone.example/a-1")
    answer = CapturedResponse(link.url, 200, (), b"<p>", NOW)
    with CaptureFiles(home) as captures:
        captures.write(answer)  # and now the process is gone: the record has no row
    newsroom.crawls["krone"].locks.drop()
    crawl = open_crawl(newsroom.engine, newsroom.crawls.pop("krone").outlet_id, "test")
    with newsroom.engine.begin() as conn:
        (left,) = waiting_links(conn, crawl.outlet_id, crawl.id)
    with CaptureFiles(home) as captures:
        again = replace(page, crawl_id=crawl.id, record=captures.write(answer))
        (outcome,) = store_pages(newsroom.engine, [again], captures)
    books = close_crawl(newsroom.engine, crawl)

    assert (left.id, outcome.disposition) == (link.id, Disposition.NEW)
    assert books.balanced
    assert newsroom.rows("select (select count(*) from captures), (select count(*) from articles)") == [(1, 1)]


def test_nothing_is_written_when_the_database_goes_away_in_between(newsroom: Newsroom, home: Home) -> None:
    def lose_connections(*_: object) -> None:
        newsroom.rows("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'")

    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (article(), b"<p>1"))
        other = article("https://krone.example/b", OTHER, headline="Something else")
        edited = article(headline="Zug entgleist: elf Tote", rules="2")
        record = captures.write(CapturedResponse(edited.url, 200, (), b"<p>2", NOW))
        page = replace(newsroom.page(edited), record=record, reread=lose_connections)
        batch = [newsroom.page(other), page]
        with pytest.raises(ArchiveUnavailable):
            store_pages(newsroom.engine, batch, captures)
        kept = newsroom.rows("select (select count(*) from captures), (select count(*) from revisions)")
        again = store_pages(newsroom.engine, [replace(page, reread=None) for page in batch], captures)

    assert kept == [(1, 1)]
    assert [outcome.disposition for outcome in again] == [Disposition.NEW, Disposition.REVISED]
