"""Reading whole pages through the front door: `read_page`, then `remove_teasers`."""

import pytest

from crawler.extraction.page import RULES, read_page
from news.article import Article, Label
from news.teasers import remove_teasers
from tests.crawler.extraction import pages

URL = "https://talbote.example/politik/stausee-treffen"
LAYOUTS = dict(pages.layouts())


def read(page: str) -> Article:
    return remove_teasers(read_page(page, URL))


@pytest.mark.parametrize("page", list(LAYOUTS.values()), ids=list(LAYOUTS))
def test_one_headline_lead_and_text_are_found_in_any_markup(page: str) -> None:
    article = read(page)

    assert article.headline == pages.HEADLINE
    assert article.lead == pages.LEAD
    assert article.paragraphs == pages.PARAGRAPHS
    assert article.rules == RULES


@pytest.mark.parametrize("page", list(LAYOUTS.values()), ids=list(LAYOUTS))
def test_teasers_and_promo_are_set_aside_with_their_rule_and_not_lost(page: str) -> None:
    removed = read(page).removed

    for title in pages.TITLES:
        assert any(
            title in block.text and block.label in (Label.TEASER, Label.RELATED) and block.rule for block in removed
        )
    assert any(block.text == pages.PROMO and block.label is Label.PROMO for block in removed)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_next_visit_with_other_teasers_reads_the_same_article(layout: str) -> None:
    others = tuple(f"Ganz andere Meldung Nummer {n} aus dem Tal" for n in range(12))
    first, second = (read(dict(visit)[layout]) for visit in (pages.layouts(), pages.layouts("5 hrs ago", others)))

    assert (second.headline, second.lead, second.body) == (first.headline, first.lead, first.body)
