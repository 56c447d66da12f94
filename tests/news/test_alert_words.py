"""An alert is one line that a person can act on, whatever is in its facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.alert_words import headline, sentence
from news.text import one_line

AT = "2026-11-22T09:00:00+01:00"
SAID = {
    "silent_outlet": (
        {"expected": 7.5, "silent_hours": 61.0, "longest_hours": 14.0, "last_article_at": AT},
        "krone: silent, 2.5 days since 2026-11-22 09:00 UTC+01:00, 7.5 articles were to be expected, "
        "the longest pause of six weeks was 14 hours",
    ),
    "volume_drop": (
        {"articles": [10, 11, 12], "usual": [24, 24, 23.5], "last_day": "2026-11-22"},
        "krone: publishes less, articles of the usual number on the last days until 2026-11-22: "
        "10 of 24, 11 of 24, 12 of 23.5",
    ),
    "layout_break": (
        {"signs": {"shorter": {"words": 200, "usual": 400}, "dates": {"share": 0.5, "usual": 0.98}}},
        "krone: layout has changed, texts have 200 words, usually 400; 50% of articles have a date, usually 98%",
    ),
    "no_worker": ({"due": 4, "silent_seconds": None}, "krone: nobody crawls, 4 outlets wait, no worker runs"),
    "memory_high": (
        {"bytes": 2_100_000_000, "container_bytes": 96, "container_allows": 100},
        "krone: memory is short, 2,100 MB in this process, 96% of the container's",
    ),
    "database_strained": (
        {"answer_seconds": 6.5, "connections": 95, "max_connections": 100, "transactions_used": 0.1},
        "krone: database under strain, answers in 6.5 s, 95 of 100 connections, 10% of transaction numbers used",
    ),
    "outlet_set_aside": (
        {"deaths": 3, "reason": "killed_workers"},
        "krone: set aside, 3 workers in a row died while they crawled it",
    ),
    "offline": ({"outlets": 40}, "krone: we are offline, outlets that could not be reached: 40"),
    "unheard_of": ({"x": 1}, "krone: unheard of, x: 1"),
}


@pytest.mark.parametrize(("rule", "facts", "said"), [(rule, *rest) for rule, rest in SAID.items()])
def test_alert_is_said_in_words(rule: str, facts: dict[str, object], said: str) -> None:
    assert sentence(rule, "krone", facts) == said


@pytest.mark.parametrize("rule", SAID)
@pytest.mark.parametrize("facts", [{}, {"signs": None, "articles": 3, "silent_hours": "x"}])
def test_facts_of_another_version_are_said_plainly(rule: str, facts: dict[str, object]) -> None:
    assert sentence(rule, "krone", facts).startswith("krone: ")


@given(st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=3))
def test_strangers_words_stay_on_one_line(name: str, facts: dict[str, object]) -> None:
    for rule in SAID:
        said = sentence(rule, name, facts)
        assert said == one_line(said)[:300]
        assert headline(1, 2, said) == one_line(headline(1, 2, said))


def test_headline_counts() -> None:
    assert headline(1, 0, "a: silent") == "a: silent"
    assert headline(0, 1, "a: silent") == "over: a: silent"
    assert headline(2, 1, "a: silent") == "2 alerts, 1 over: a: silent …"
