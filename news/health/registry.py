"""All rules of health, found by their presence in this package, and alerts in words."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

import news.health
from news.health.rule import Facts, MachineRule, OutletRule, Rule, plain_facts
from news.text import one_line, printable

_LONGEST_SENTENCE = 300
_LONGEST_HEADLINE = 150
_LONGEST_LINE, _MOST_LINES = 200, 20


def _rules() -> Iterator[Rule]:
    """Return the rows of all modules of the package, in the order of the modules' names and of the rows in each."""
    for module in iter_modules(news.health.__path__):
        if module.name != "registry":
            rows = vars(import_module(f"news.health.{module.name}")).values()
            yield from (row for row in rows if isinstance(row, Rule))


RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in sorted(_rules(), key=lambda rule: not isinstance(rule, OutletRule))
}
OUTLET_RULES = tuple(rule for rule in RULES.values() if isinstance(rule, OutletRule))
MACHINE_RULES = tuple(rule for rule in RULES.values() if isinstance(rule, MachineRule))


def rule_of(rule_id: str) -> Rule:
    """Return the rule with that id; a stand-in when an alert was opened by another version."""
    return RULES.get(rule_id) or Rule(id=rule_id, title=rule_id.replace("_", " "), broken_when="")


def sentence(rule_id: str, subject: str, facts: Facts) -> str:
    """Return an alert in words, as "krone: silent, 14 hours since …": one line of at most 300 characters."""
    rule = rule_of(rule_id)
    try:
        details = rule.describe(facts)
    except (KeyError, TypeError, ValueError, AttributeError):  # facts of another version
        details = plain_facts(facts)
    return _cut(f"{subject}: {rule.title}" + (f", {details}" if details else ""), _LONGEST_SENTENCE)


def more_lines(rule_id: str, facts: Facts) -> list[str]:
    """Return the lines that follow an alert's sentence, at most 20, without what would steer a terminal."""
    try:
        lines = rule_of(rule_id).more_lines(facts)
    except (KeyError, TypeError, ValueError, AttributeError):  # facts of another version
        return []
    return [printable(line)[:_LONGEST_LINE].rstrip() for line in lines[:_MOST_LINES]]


def headline(opened: int, ended: int, first: str) -> str:
    """Return the subject of a message about *opened* and *ended* alerts; *first* is the sentence of the first alert."""
    if opened + ended == 1:
        return _cut(("" if opened else "over: ") + first, _LONGEST_HEADLINE)
    counts = [f"{opened} alert{'s' if opened != 1 else ''}"] if opened else []
    counts += [f"{ended} over"] if ended else []
    return _cut(f"{', '.join(counts)}: {first} …", _LONGEST_HEADLINE)


def documentation() -> str:
    """Return the table of rules in docs/operating.md."""
    rows = "".join(f"| `{rule.id}` | {rule.broken_when} | {rule.learns_for} |\n" for rule in RULES.values())
    return "| Rule | It is broken when | Learns for |\n| --- | --- | --- |\n" + rows.replace("  |", " |")


def _cut(text: str, longest: int) -> str:
    return one_line(text)[:longest].rstrip()
