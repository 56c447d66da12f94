"""The rule of health about damage that `newskeep verify` or the daemon's own checks found."""

from collections.abc import Sequence

from news.health.rule import Facts, Rule

ARCHIVE_SUBJECT = "archive"  # of the alert


def _parts(facts: Facts) -> str:
    return f"{facts['damages']} {'part' if facts['damages'] == 1 else 'parts'} of it, articles: {facts['articles']}"


def _first(facts: Facts) -> Sequence[str]:
    """Return the first damages, one a line."""
    return [str(line) for line in facts["first"]]


ARCHIVE_DAMAGED = Rule(
    id="archive_damaged",
    title="is damaged",
    broken_when="a capture or a row is not as it was stored; `newskeep verify` lists the articles",
    describe=_parts,
    more_lines=_first,
    remedy="newskeep verify",
)
