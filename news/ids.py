"""Short ids shown to people: a1f3c is an article, s4d a story. A letter for the kind, then hexadecimal digits."""

import re

_SHORT_ID = re.compile(r"([as])([0-9a-f]{1,15})")


def short_id(kind: str, number: int) -> str:
    """Return the id for row *number*: `short_id("a", 7996)` is "a1f3c"."""
    return f"{kind}{number:x}"


def parse_id(text: str) -> tuple[str, int] | None:
    """Return the kind letter and the row number of a short id; None when *text* is no short id."""
    found = _SHORT_ID.fullmatch(text.strip().lower())
    return (found[1], int(found[2], 16)) if found else None
