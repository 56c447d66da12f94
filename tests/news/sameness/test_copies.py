"""Which common passages make two texts one story."""

from dataclasses import replace

import pytest

from news.sameness.copies import is_certain, match
from news.sameness.overlap import Overlap
from news.sameness.sameness_rule import SamenessRule

CUT = Overlap(
    words=40, share=0.28, both=0.2, quoted=10, headline=0.3, mentions=1.0, mentioned=0.8, unmatched=0, numbers_kept=1,
    numbers_changed=0, passages=((0, 40),),
)  # fmt: skip


def test_copy_cut_to_a_quarter_counts_where_each_text_speaks_of_the_others_headline() -> None:
    assert match(CUT, same_outlet=False) is SamenessRule.PART_OF_TEXT


@pytest.mark.parametrize(
    "other",
    [
        {"mentioned": 0.6},  # another subject with background in common
        {"quoted": 60},  # two reports of one event, with its quotations
        {"share": 0.2},
        {"words": 12},
    ],
)
def test_as_much_in_common_for_another_reason_does_not(other: dict[str, float]) -> None:
    assert match(replace(CUT, **other), same_outlet=False) is None  # type: ignore[arg-type]


def test_half_of_a_text_joins_stories_where_both_are_about_one_thing() -> None:
    half = replace(CUT, words=50, share=0.5)

    assert is_certain(half, SamenessRule.SAME_HEADLINE)
    assert not is_certain(replace(half, mentions=0.6), SamenessRule.SAME_HEADLINE)
    assert not is_certain(replace(half, words=30), SamenessRule.SAME_HEADLINE)
