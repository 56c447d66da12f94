"""The rules together."""

import pytest

from news.teasers import remove_teasers
from news.teasers.rules import registered_rules, teaser_rule
from tests.news.teasers.blocks import MORE, PROSE, article


def test_nothing_is_lost_and_the_order_stays() -> None:
    before = article(
        "A bridge", PROSE, "OTHER NEWS", "3 hrs ago", "x", "Sign up for our newsletter.", headline="A bridge"
    )

    assert [block.text for block in remove_teasers(before).blocks] == [block.text for block in before.blocks]


def test_a_second_look_at_the_result_changes_nothing() -> None:
    once = remove_teasers(article(PROSE, "OTHER NEWS", "3 hrs ago", "Cola trick", MORE))

    assert remove_teasers(once) == once


def test_a_rule_registers_itself_and_its_order_is_its_own() -> None:
    rules = registered_rules()

    assert len(rules) == len(set(rules)) >= 18
    with pytest.raises(ValueError, match="two teaser rules have the order 10"):
        teaser_rule(10)(rules[-1])
