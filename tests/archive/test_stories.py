import pytest

from archive.stories import NotPossible, merge_stories, read_story, same_event, split_article
from tests.archive.ingest.test_near_copies import edited, report
from tests.newsroom import Newsroom
from tests.texts import copy_cut_to_a_third, paragraphs, text


def stories(newsroom: Newsroom) -> list[tuple[object, ...]]:
    return newsroom.rows("select array_agg(id order by id) from articles group by story_id order by 1")


def test_story_says_who_had_it_first_how_much_is_shared_and_whose_agency_it_names(newsroom: Newsroom) -> None:
    first, _ = newsroom.store(
        report("krone", 1, f"Linz (dpa) - {text(1)}"), report("kurier", 1, copy_cut_to_a_third(1, 9))
    )
    with newsroom.engine.connect() as conn:
        original, copy = read_story(conn, first.story_id or 0)

    assert (original.outlet, original.earliest, original.agency, original.share) == ("krone", True, "dpa", None)
    assert (copy.outlet, copy.earliest, copy.matched_article_id) == ("kurier", False, original.id)
    assert 30 <= (copy.share or 0) < 100
    assert paragraphs(1)[1][:60] in " ".join(copy.passages)


def test_what_was_in_common_when_an_article_came_is_kept_whatever_it_says_later(newsroom: Newsroom) -> None:
    first, _ = newsroom.store(report("krone", 1), report("kurier", 1, f"{edited(1, 2)}\n\n(dpa)"))
    with newsroom.engine.connect() as conn:
        before = read_story(conn, first.story_id or 0)[1]
    newsroom.store(report("kurier", 1, f"{paragraphs(1)[0]}\n\n{paragraphs(70)[0]}"))
    with newsroom.engine.connect() as conn:
        after = read_story(conn, first.story_id or 0)[1]

    assert (after.share, after.passages) == (before.share, before.passages)
    assert before.passages
    assert (after.evidence["earliest"], after.evidence["agency"]) == (1, "dpa")


def test_article_that_was_split_off_never_comes_back(newsroom: Newsroom) -> None:
    first, second = newsroom.store(report("krone", 1), report("kurier", 1, edited(1, 5)))
    was, own = split_article(newsroom.engine, second.article_id or 0)
    (third,) = newsroom.store(report("presse", 1, edited(1, 6)))
    newsroom.store(report("kurier", 1, edited(1, 7)))

    assert was == first.story_id
    assert stories(newsroom) in ([([1, 3],), ([2],)], [([1],), ([2, 3],)])
    assert third.story_id in (was, own)
    assert newsroom.rows("select count(*) from stories where merged_into is not null") == [(0,)]


def test_first_article_that_is_split_off_leaves_a_story_with_a_first(newsroom: Newsroom) -> None:
    first, _ = newsroom.store(report("krone", 1), report("kurier", 1))
    split_article(newsroom.engine, first.article_id or 0)

    assert newsroom.rows("select article_id, relation from story_members order by 1") == [(1, "first"), (2, "first")]


def test_article_that_stands_alone_cannot_be_split_off(newsroom: Newsroom) -> None:
    (only,) = newsroom.store(report("krone", 1))

    with pytest.raises(NotPossible, match="alone"):
        split_article(newsroom.engine, only.article_id or 0)


def test_stories_merged_by_hand_are_one_under_the_older_number(newsroom: Newsroom) -> None:
    first, second = newsroom.store(report("krone", 1), report("kurier", 2))
    assert merge_stories(newsroom.engine, second.story_id or 0, first.story_id or 0) == first.story_id
    (third,) = newsroom.store(report("presse", 2, edited(2, 5)))

    assert third.story_id == first.story_id
    assert newsroom.rows("select relation, evidence->>'rule' from story_members order by article_id") == [
        ("first", "nothing_like_it"), ("copy", "merged_by_hand"), ("copy", "same_text"),
    ]  # fmt: skip
    with pytest.raises(NotPossible, match="already"):
        merge_stories(newsroom.engine, first.story_id or 0, first.story_id or 0)


def test_merge_takes_back_a_split(newsroom: Newsroom) -> None:
    _, second = newsroom.store(report("krone", 1), report("kurier", 1))
    merge_stories(newsroom.engine, *split_article(newsroom.engine, second.article_id or 0))

    assert stories(newsroom) == [([1, 2],)]
    assert newsroom.rows("select article_id, other_article_id, together from story_decisions") == [(1, 2, True)]


def test_articles_on_one_event_are_found_and_stay_two_stories(newsroom: Newsroom) -> None:
    names = "Linz Zugunglück Westbahn Entgleisung Rettungskräfte Bahnstrecke Feuerwehr Lokführer Schienenbruch"
    first, _, _ = newsroom.store(
        report("krone", 1, f"{names}. {paragraphs(1)[1][:100]}", headline="Zugunglück bei Linz fordert Verletzte"),
        report("kurier", 2, f"{names}. {paragraphs(2)[1][:100]}", headline="Westbahn bei Linz gesperrt"),
        report("presse", 3, paragraphs(3)[1], headline="Wetter wird schöner"),
    )
    with newsroom.engine.connect() as conn:
        found = same_event(conn, first.story_id or 0)

    assert [article.outlet for article in found] == ["kurier"]
    assert len(stories(newsroom)) == 3
