"""A rule is one row, found by its presence; an alert is one line that a person can act on, whatever its facts are."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.health.registry import RULES, headline, rule_of, sentence
from news.text import one_line
from tools import health_table

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
    "no_daemon": (
        {"due": 1, "silent_seconds": 245, "lost": 1},
        "krone: no daemon runs, the last one died, its last sign was 245 s ago, 1 outlet waits",
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


# --- the registry

ROOT = Path(__file__).parents[3]
NEW_RULE = """
from news.health.rule import machine_rule

@machine_rule(
    title="too many connections", broken_when="over 100 are open",
    describe=lambda facts: f"{facts['connections']} are open",
)
def too_many_connections(measured):
    return True, {"connections": 101}
"""
ASK = """
import sys, news.health
news.health.__path__.append(sys.argv[1])
from news.health.registry import MACHINE_RULES, documentation, sentence
[rule] = [rule for rule in MACHINE_RULES if rule.id == "too_many_connections"]
judgement = rule.decide(None)
print(sentence(judgement.rule.id, "machine", judgement.facts))
print(documentation())
"""


def test_one_new_file_is_a_new_rule(tmp_path: Path) -> None:
    """It is judged, put into words and documented, without a change to another file."""
    (tmp_path / "new_rule.py").write_text(NEW_RULE)
    said = subprocess.run([sys.executable, "-c", ASK, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.startswith("machine: too many connections, 101 are open\n")
    assert "| `too_many_connections` | over 100 are open | |\n" in said.stdout


def test_each_rule_has_one_spelling_and_says_when_it_is_broken() -> None:
    assert all(rule.id == rule_id and rule_id.isidentifier() and rule_id.islower() for rule_id, rule in RULES.items())
    assert all(rule.title and rule.broken_when for rule in RULES.values())


def test_the_table_of_rules_in_the_documents_is_written_from_the_rules() -> None:
    assert health_table.page() == health_table.PAGE.read_text(encoding="utf-8"), "run `make docs`"


def test_alert_of_a_rule_that_is_no_more_needs_a_person() -> None:
    assert rule_of("unheard_of").severity == "bad"
