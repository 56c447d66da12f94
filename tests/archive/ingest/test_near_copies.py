"""Copies that were cut or edited, through the store and a real database."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.ingest.fetched import Outcome
from archive.ingest.store import store_pages
from news.article import Article
from news.dispositions import Disposition
from tests.newsroom import NOW, Newsroom, article
from tests.texts import copy_cut_to_a_third, headline, paragraphs, text

NAMES = ("krone", "kurier", "presse", "standard", "heute", "oe24", "orf", "spiegel")


def report(name: str, number: int, body: str | None = None, **fields: object) -> Article:
    """The text of that number in the outlet of that name."""
    given = {"headline": headline(number), "lead": None, "date_published": NOW} | fields
    return article(f"https://{name}.example/{number}", body or text(number), **given)


def edited(number: int, seed: int) -> str:
    """Return the text with every tenth word replaced."""
    chance = random.Random(seed)
    return "\n\n".join(
        " ".join("anders" if chance.random() < 0.1 else word for word in paragraph.split())
        for paragraph in paragraphs(number)
    )


def groups(newsroom: Newsroom) -> set[frozenset[str]]:
    """Return the outlets and addresses of each story."""
    rows = newsroom.rows("select array_agg(a.url) from articles a group by a.story_id")
    return {frozenset(urls) for (urls,) in rows}  # type: ignore[call-overload]


@pytest.mark.parametrize("body", [edited(1, 5), copy_cut_to_a_third(1, 2), "\n\n".join(paragraphs(1)[:1])])
def test_edited_cut_and_short_copies_join_the_story_with_evidence(newsroom: Newsroom, body: str) -> None:
    first, copy = newsroom.store(report("krone", 1), report("kurier", 1, body))

    assert (copy.disposition, copy.story_id) == (Disposition.COPY, first.story_id)
    assert copy.evidence
    assert copy.evidence["article"] == first.article_id
    assert copy.evidence["share"] >= 30


def test_original_that_comes_after_its_copy_joins_it(newsroom: Newsroom) -> None:
    copy, original = newsroom.store(report("kurier", 1, copy_cut_to_a_third(1, 2)), report("krone", 1))

    assert (original.disposition, original.story_id) == (Disposition.COPY, copy.story_id)


def test_article_of_its_own_with_a_paragraph_of_background_in_common_is_new(newsroom: Newsroom) -> None:
    own = "\n\n".join([*paragraphs(2), paragraphs(1)[-1]])

    assert [outcome.disposition for outcome in newsroom.store(report("krone", 1), report("kurier", 2, own))] == [
        "new",
        "new",
    ]


def test_articles_that_share_a_long_quotation_are_two_stories(newsroom: Newsroom) -> None:
    speech = f"„{' '.join(paragraphs(9)[1:4])}“"
    bodies = ["\n\n".join([*paragraphs(number)[:4], speech]) for number in (1, 2)]
    pages = [report(name, 1, body) for name, body in zip(NAMES, bodies, strict=False)]

    assert [outcome.disposition for outcome in newsroom.store(*pages)] == ["new", "new"]


def test_form_filled_in_every_day_is_no_copy(newsroom: Newsroom) -> None:
    form = (
        "Die Temperatur steigt am Nachmittag im Norden auf {} Grad und im Süden des Landes auf {} Grad. "
        "In der Nacht kühlt es dort auf {} Grad ab, der Wind weht mit bis zu {} Kilometern in der Stunde aus Westen."
    )
    pages = [
        report("krone", 1, form.format(12, 17, 4, 40), headline="Das Wetter am Montag im ganzen Land"),
        report("kurier", 1, form.format(13, 19, 6, 55), headline="Das Wetter am Dienstag im ganzen Land"),
    ]

    assert [outcome.disposition for outcome in newsroom.store(*pages)] == ["new", "new"]


def test_paragraph_that_an_outlet_puts_under_everything_is_soon_no_sign_of_anything(newsroom: Newsroom) -> None:
    notice = paragraphs(50)[1]
    for number in range(1, 6):
        newsroom.store(report("krone", number, "\n\n".join([*paragraphs(number, 2), notice])))
    kept = newsroom.rows("select revision_id, count(*) from fingerprints group by 1 order by 1")

    assert newsroom.rows("select count(*) from stories") == [(5,)]
    assert int(str(kept[-1][1])) < int(str(kept[0][1]))  # the notice is not kept any more


def test_roundup_leads_from_no_story_to_another(newsroom: Newsroom) -> None:
    parts = [f"{headline(number)}\n\n{paragraphs(number)[0]}" for number in range(1, 7)]
    newsroom.store(*(report("krone", number) for number in range(1, 7)))
    (roundup,) = newsroom.store(report("kurier", 99, "\n\n".join(parts)))
    (brief,) = newsroom.store(report("presse", 3, paragraphs(3)[0]))

    assert roundup.disposition is Disposition.NEW
    assert newsroom.rows(f"select url from articles where story_id = {brief.story_id} order by id") == [
        ("https://krone.example/3",), ("https://presse.example/3",),
    ]  # fmt: skip


def test_wall_that_many_outlets_show_joins_nothing(newsroom: Newsroom) -> None:
    wall = (
        "Dieser Artikel ist nur für Abonnenten zugänglich. Testen Sie vier Wochen lang alle Inhalte für einen Euro. "
        "Sie haben bereits ein Abo? Dann melden Sie sich hier an. Jederzeit kündbar. Mit dem Digitalabo lesen Sie mehr."
    )

    assert {outcome.disposition for outcome in newsroom.store(*(report(name, 1, wall) for name in NAMES))} == {"new"}


def test_copy_after_three_weeks_is_another_publication(newsroom: Newsroom) -> None:
    late = NOW - timedelta(days=23)
    pages = [report("krone", 1), report("kurier", 1, edited(1, 5), date_published=late)]

    assert [outcome.disposition for outcome in newsroom.store(*pages)] == ["new", "new"]


def test_copy_of_a_revision_is_found_after_the_outlet_wrote_on(newsroom: Newsroom) -> None:
    newsroom.store(report("krone", 1))
    newsroom.store(report("krone", 1, text(2)))
    copies = newsroom.store(report("kurier", 1, edited(1, 5)), report("presse", 1, edited(2, 6)))

    assert [outcome.disposition for outcome in copies] == ["copy", "copy"]
    assert newsroom.rows("select count(*) from v_stories") == [(1,)]


def test_text_between_two_stories_joins_them_and_the_younger_leads_to_the_older(newsroom: Newsroom) -> None:
    beginning, end = "\n\n".join(paragraphs(1, 8)[:4]), "\n\n".join(paragraphs(1, 8)[4:])
    first, second = newsroom.store(report("krone", 1, beginning), report("kurier", 1, end))
    assert second.disposition is Disposition.NEW
    (whole,) = newsroom.store(report("presse", 1))

    assert whole.story_id == first.story_id
    assert newsroom.rows("select id, merged_into from stories order by id") == [
        (first.story_id, None), (second.story_id, first.story_id),
    ]  # fmt: skip
    assert newsroom.rows("select articles from v_stories") == [(3,)]


def stream() -> list[Article]:
    """Ten stories, each whole, cut and edited in several outlets, and a few articles of one."""
    chance = random.Random(7)
    pages = [
        report(name, number, edited(number, place)) for number in range(1, 6) for place, name in enumerate(NAMES[:4])
    ]
    pages += [report("orf", number, copy_cut_to_a_third(number, number + 60)) for number in range(1, 6)]
    pages += [report("spiegel", number) for number in range(20, 25)]
    chance.shuffle(pages)
    return pages


@pytest.mark.parametrize("size", [1, 3, 50])
def test_stories_do_not_depend_on_the_size_of_the_batch(newsroom: Newsroom, size: int) -> None:
    pages = stream()
    outcomes: list[Outcome] = []
    for place in range(0, len(pages), size):
        outcomes += newsroom.store(*pages[place : place + size])

    expected = {frozenset(f"https://{name}.example/{n}" for name in (*NAMES[:4], "orf")) for n in range(1, 6)}
    assert groups(newsroom) == expected | {frozenset({f"https://spiegel.example/{n}"}) for n in range(20, 25)}
    assert "".join(outcome.disposition[0] for outcome in outcomes) == "ncnncnnnccncnccncccncccccccccc"
    assert sum((outcome.evidence or {}).get("share", 0) for outcome in outcomes) == 1118


def store_at_once(newsroom: Newsroom, batches: Sequence[Sequence[Article]]) -> list[Outcome]:
    """Store all batches at the same moment, each in its own thread."""
    ready = threading.Barrier(len(batches))
    outcomes: list[Outcome] = []
    prepared = [[newsroom.page(article) for article in batch] for batch in batches]

    def store(pages: list[object]) -> None:
        ready.wait()
        outcomes.extend(store_pages(newsroom.engine, pages))  # type: ignore[arg-type]

    threads = [threading.Thread(target=store, args=(pages,)) for pages in prepared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_copies_that_arrive_at_the_same_moment_are_one_story(newsroom: Newsroom, seed: int) -> None:
    pages = stream()
    random.Random(seed).shuffle(pages)
    outcomes = store_at_once(newsroom, [pages[place::4] for place in range(4)])

    assert len(outcomes) == len(pages)
    assert len(groups(newsroom)) == 10
    assert sorted(outcome.disposition for outcome in outcomes) == ["copy"] * 20 + ["new"] * 10


def test_paragraph_that_an_outlet_puts_under_all_its_articles_is_soon_no_edit_of_them(newsroom: Newsroom) -> None:
    under_all = paragraphs(50)[1]
    newsroom.store(*(report("krone", number) for number in range(1, 9)))
    again = newsroom.store(*(report("krone", number, f"{text(number)}\n\n{under_all}") for number in range(1, 9)))

    assert [outcome.disposition for outcome in again] == ["revised"] * 2 + ["unchanged"] * 6
    assert (again[-1].evidence or {})["rule"] == "layout_changed"
    assert newsroom.rows("select count(*) from readings") == [(16,)]


def test_paragraph_that_one_article_gets_is_an_edit(newsroom: Newsroom) -> None:
    newsroom.store(*(report("krone", number) for number in range(1, 5)))
    edits = newsroom.store(*(report("krone", n, f"{text(n)}\n\n{paragraphs(n + 60)[1]}") for n in range(1, 5)))

    assert {outcome.disposition for outcome in edits} == {Disposition.REVISED}


def test_edit_beside_a_new_layout_is_an_edit(newsroom: Newsroom) -> None:
    under_all = paragraphs(50)[1]
    newsroom.store(*(report("krone", number) for number in range(1, 5)))
    newsroom.store(*(report("krone", number, f"{text(number)}\n\n{under_all}") for number in range(1, 4)))
    (edit,) = newsroom.store(report("krone", 4, f"{edited(4, 1)}\n\n{under_all}"))

    assert edit.disposition is Disposition.REVISED


def test_withdrawn_article_keeps_its_text_and_says_so_until_it_is_back(newsroom: Newsroom) -> None:
    newsroom.store(report("krone", 1))
    page = replace(newsroom.page(report("krone", 1)), article=None, disposition=Disposition.SKIPPED, reason="gone_410")
    store_pages(newsroom.engine, [page])
    gone = newsroom.rows("select flags, body <> '', revisions from v_articles")
    newsroom.store(report("krone", 1))

    assert gone == [(["withdrawn"], True, 1)]
    assert newsroom.rows("select flags, revisions from v_articles") == [([], 1)]


def cut(number: int, *, below: str = "") -> str:
    return "\n\n".join([*paragraphs(number)[:2], *([below] if below else [])])


INVITATION = "Weiter geht es nur mit unserem Abo."


@pytest.mark.parametrize("stub", ["…", cut(1), cut(1, below=INVITATION), cut(1)[:200] + " …"])
def test_beginning_of_a_text_never_replaces_it_and_says_so(newsroom: Newsroom, stub: str) -> None:
    newsroom.store(report("krone", 1))
    (later,) = newsroom.store(report("krone", 1, stub))
    shown = newsroom.rows("select flags, body, revisions from v_articles")
    newsroom.store(report("krone", 1, stub))
    assert newsroom.rows("select flags, body, revisions from v_articles") == shown  # however often it is looked at
    newsroom.store(report("krone", 1))

    assert (later.disposition, later.reason) == (Disposition.UNCHANGED, "only_its_beginning")
    assert shown == [(["paywalled_later"], text(1), 1)]
    assert newsroom.rows("select flags, revisions from v_articles") == [([], 1)]


@pytest.mark.parametrize("edit", [cut(1, below=paragraphs(2)[0]), "\n\n".join(paragraphs(1)[:-1])])
def test_text_that_was_shortened_otherwise_is_an_edit(newsroom: Newsroom, edit: str) -> None:
    newsroom.store(report("krone", 1))

    assert newsroom.see(report("krone", 1, edit)) is Disposition.REVISED
