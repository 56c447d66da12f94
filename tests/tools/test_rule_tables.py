"""Every rule that labels blocks has an id of its own, and docs/schema.md explains it."""

import re

from news.rule_ids import all_rule_ids
from tools import rule_tables


def test_the_schema_page_lists_every_rule() -> None:
    text = rule_tables.PAGE.read_text(encoding="utf-8")

    assert rule_tables.page(text) == text, "the rules have changed: run `make docs`"


def test_ids_are_words_in_snake_case_and_stand_once() -> None:
    rule_tables.page("")  # imports all rules
    ids = all_rule_ids()

    assert len(set(ids)) == len(ids) > 40
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", rule) for rule in ids)
    assert all(re.fullmatch(r"[A-Z].*\.", rule.words) for rule in ids)
