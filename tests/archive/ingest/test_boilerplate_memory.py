"""Boilerplate that an outlet's other articles reveal, through the store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from archive.ingest.fetched import Outcome
from archive.remembered_lines import forget_lines
from news.article import Article, Block
from news.dispositions import Disposition
from news.ruleset import BOILERPLATE_RULES
from news.sameness.boilerplate import HEADLINE, RECURS
from tests.newsroom import NOW, Newsroom, article
from tests.texts import headline, paragraphs

PROMO = "Das Wichtigste aus der Region, jeden Morgen frisch aus der Redaktion und ganz ohne Umwege zu Ihnen."
OTHER_PROMO = "Alles aus dem Land, jeden Abend zum Nachhören, mit den Stimmen des Tages und ohne Werbung dazwischen."


def report(number: int, *more: str | Block, outlet: str = "krone", count: int = 3) -> Article:
    """An article of the outlet with lines below its own text."""
    made = article(f"https://{outlet}.example/{number}", "", headline=headline(number), lead=None, teasers=())
    own = [Block(text) for text in paragraphs(number, count)]
    return made.with_blocks([*own, *(Block(line) if isinstance(line, str) else line for line in more)])


def lines_of(newsroom: Newsroom, number: int, outlet: str = "krone") -> list[str]:
    """Return the archived lines below the article's own text."""
    ((body,),) = newsroom.rows(f"select body from v_articles where url = 'https://{outlet}.example/{number}'")
    return str(body).split("\n\n")[3:]


def linked(text: str) -> Block:
    return Block(text, link_share=1.0)


def test_line_that_stood_under_two_articles_is_set_aside_from_the_third_on(newsroom: Newsroom) -> None:
    *_, third = newsroom.store(*(report(number, PROMO) for number in (1, 2, 3)))

    assert [lines_of(newsroom, number) for number in (1, 2, 3)] == [[PROMO], [PROMO], []]
    assert newsroom.rows("""
        select label, rule, score, text, rules, words_removed from blocks join readings on id = reading_id
        """) == [("other", RECURS, 90, PROMO, f"1 {BOILERPLATE_RULES}", len(PROMO.split()))]
    assert third.removed == {"other": 1}


def test_what_memory_set_aside_is_shown_with_its_rule(newsroom: Newsroom, newskeep: Callable[..., Any]) -> None:
    newsroom.store(report(9, outlet="kurier"))
    newsroom.store(*(report(number, PROMO) for number in (1, 2)), report(3, linked(headline(9)), PROMO))
    known = [(PROMO, [2, 3]), (headline(9), [1])]

    (record,) = newskeep("show", "https://krone.example/3", "--removed", "--json").records[1:]
    assert (record["label"], record["rule"], record["text"]) == ("other", RECURS, PROMO)
    headline_rule, recurs_rule = (rule.replace("_", " ") for rule in (HEADLINE, RECURS))
    assert f"teaser ×1 ({headline_rule}" in (explained := newskeep("explain", "https://krone.example/3").out)
    assert recurs_rule in explained
    assert "; remembered from a1, a2, a3\n" in explained  # on what grounds
    assert "remembered" not in newskeep("explain", "https://krone.example/2").out
    (facts,) = newskeep("explain", "https://krone.example/3", "--json").records
    assert [(line["text"], line["articles"]) for line in reversed(facts["reading"]["remembered"])] == known


@pytest.mark.parametrize("size", [1, 2, 50])
def test_what_is_set_aside_does_not_depend_on_the_size_of_the_batch(newsroom: Newsroom, size: int) -> None:
    pages = [report(number, PROMO, linked(headline(number - 3))) for number in range(1, 8)]
    pages += [report(number, OTHER_PROMO, linked(headline(number % 7 + 1))) for number in range(1, 8)]
    ends: list[Outcome] = []
    for place in range(0, len(pages), size):
        ends += newsroom.store(*pages[place : place + size])

    # the links of the first three led to articles that nobody knows; what replaced them is known by then
    assert [lines_of(newsroom, number) for number in range(1, 8)] == [[OTHER_PROMO], [OTHER_PROMO], [], [], [], [], []]
    assert "".join(outcome.disposition[0] for outcome in ends) == "nnnnnnn" + "rrruuuu"


@pytest.mark.parametrize("size", [5, 100])
def test_phrase_that_stands_here_and_there_is_text(newsroom: Newsroom, size: int) -> None:
    phrase, under_all = (
        "Verletzt wurde bei dem Vorfall niemand.",
        "Ein Angebot der Talbote und mehrerer Partner im Land.",
    )
    pages = [report(number, *([phrase] if number % 10 == 0 else []), under_all) for number in range(1, 41)]
    for place in range(0, len(pages), size):
        newsroom.store(*(page for page in pages[place : place + size]))

    assert lines_of(newsroom, 40) == [phrase]


def test_outlets_have_memories_of_their_own(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (1, 2)), report(3, PROMO, outlet="kurier"))

    assert lines_of(newsroom, 3, "kurier") == [PROMO]


def test_link_to_an_article_of_any_outlet_is_a_teaser(newsroom: Newsroom) -> None:
    newsroom.store(report(1, outlet="kurier"))
    newsroom.store(report(2, linked(headline(1)), linked(headline(7))), report(3, headline(1)))

    assert lines_of(newsroom, 2) == [headline(7)]
    assert lines_of(newsroom, 3) == [headline(1)]  # no link: it may be a heading
    assert newsroom.rows("select label, rule, text from blocks") == [("teaser", HEADLINE, headline(1))]


@pytest.mark.parametrize("size", [1, 4])
def test_link_is_a_teaser_as_soon_as_its_article_is_announced(newsroom: Newsroom, size: int) -> None:
    for number in (1, 2, 3):
        newsroom.link(f"https://krone.example/{number}", f"Kurz: {headline(number)}")
    pages = [report(number, *(linked(f"Kurz: {headline(other)}") for other in (1, 2, 3, 4))) for number in (1, 2, 3)]
    for place in range(0, len(pages), size):
        newsroom.store(*pages[place : place + size])

    own = [[f"Kurz: {headline(number)}", f"Kurz: {headline(4)}"] for number in (1, 2)]
    assert [lines_of(newsroom, number) for number in (1, 2)] == own


def test_article_is_unchanged_when_memory_has_learnt_its_line(newsroom: Newsroom) -> None:
    pages = [report(number, PROMO) for number in (1, 2, 3)]
    newsroom.store(*pages)

    assert [outcome.disposition for outcome in newsroom.store(*pages)] == ["unchanged"] * 3
    assert newsroom.rows("select count(*) from readings") == [(3,)]


def test_edit_is_distinguished_from_what_memory_has_learnt(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (1, 2, 3)))
    edits = newsroom.store(*(report(number, PROMO, paragraphs(9)[1]) for number in (1, 3)))

    assert [outcome.changes for outcome in edits] == [("paragraph_added",)] * 2
    assert lines_of(newsroom, 1) == [PROMO, paragraphs(9)[1]]  # as in its first revision
    assert lines_of(newsroom, 3) == [paragraphs(9)[1]]


def test_line_that_an_outlet_takes_away_from_all_its_articles_is_no_edit(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (1, 2, 3, 4)))
    (end,) = newsroom.store(report(1))

    assert end.disposition is Disposition.UNCHANGED
    assert (end.evidence or {})["rule"] == "layout_changed"


def test_line_of_its_own_that_an_article_loses_is_an_edit(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (2, 3, 4)), report(1, paragraphs(9)[1]))

    assert newsroom.see(report(1)) is Disposition.REVISED


def test_teasers_that_move_on_are_no_edit(newsroom: Newsroom) -> None:
    newsroom.store(report(1, linked(headline(2))), report(2), report(3))

    assert newsroom.see(report(1, linked(headline(3)))) is Disposition.UNCHANGED


def test_address_with_a_text_that_was_stored_before_memory_knew_is_moved(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (1, 2, 3)))

    assert newsroom.see(replace(report(1, PROMO), url="https://krone.example/again")) is Disposition.MOVED
    assert newsroom.see(replace(report(3, PROMO), url="https://krone.example/more")) is Disposition.MOVED


def test_many_addresses_of_one_article_teach_nothing(newsroom: Newsroom) -> None:
    again = [replace(report(1), url=f"https://krone.example/1?page={number}") for number in range(4)]
    ends = newsroom.store(*again)

    assert {outcome.article_id for outcome in ends} == {ends[0].article_id}
    assert newsroom.rows("select count(*) from blocks") == [(0,)]


def test_stub_stays_a_stub_without_the_wall_that_memory_takes_away(newsroom: Newsroom) -> None:
    wall = "Lesen Sie jetzt weiter mit einem Abonnement, schon ab einem Euro in der Woche und ohne jede Frist."
    whole = report(1, count=6)
    newsroom.store(whole, *(report(number, wall) for number in (2, 3, 4)))
    stub = replace(report(1, wall, count=1), flags=frozenset({"paywalled"}))

    assert newsroom.see(stub) is Disposition.UNCHANGED


def test_lines_are_forgotten_with_time(newsroom: Newsroom) -> None:
    newsroom.store(report(1, PROMO), report(2, PROMO))
    newsroom.now = NOW + timedelta(days=100)
    newsroom.store(report(3, PROMO))

    assert lines_of(newsroom, 3) == [PROMO]


def test_only_what_recurred_is_kept_for_good(newsroom: Newsroom) -> None:
    newsroom.store(*(report(number, PROMO) for number in (1, 2, 3, 4)))
    soon = forget_lines(newsroom.engine, NOW + timedelta(days=50))
    late = forget_lines(newsroom.engine, NOW + timedelta(days=100))

    assert (soon, late) == (0, 4 * 3)  # two paragraphs and a headline; the first paragraph names its subject
    assert newsroom.rows("select count(*), count(distinct key) from block_memory") == [(3, 1)]


def test_lines_of_an_older_import_are_seen_from_both_sides(newsroom: Newsroom) -> None:
    newsroom.store(report(1, PROMO), report(2, PROMO))
    newsroom.now = NOW - timedelta(days=50)
    newsroom.store(report(3, PROMO))

    assert lines_of(newsroom, 3) == []
