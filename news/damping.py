"""When an alert opens and when it ends: not at the first look, and later each time for one that comes and goes."""

from datetime import timedelta

from news.health import OUTLET_RULES, Rule

WINDOW = timedelta(days=1)  # openings within it count
_LONGEST = timedelta(days=1)
_DAMPED = frozenset({Rule.CLOCK_WRONG, Rule.DATABASE_STRAINED, Rule.MEMORY_HIGH, Rule.NO_WORKER})


def opens(rule: str, broken_for: timedelta) -> bool:
    """Whether an alert opens on a rule that has been broken for so long. What is counted by days opens at once."""
    return rule not in _DAMPED or broken_for >= timedelta(minutes=2)


def ends(rule: str, holds_for: timedelta, openings: int, *, known: bool = True) -> bool:
    """Whether an open alert ends on a rule that has held again for so long, opened *openings* times within a day.

    When it is not *known* whether the rule holds, the alert stays for a week.
    """
    if not known:
        return holds_for >= timedelta(days=7)
    pause = timedelta(hours=1) if rule in OUTLET_RULES else timedelta(minutes=5)
    return holds_for >= min(pause * (1 << max(0, min(openings, 10) - 1)), _LONGEST)
