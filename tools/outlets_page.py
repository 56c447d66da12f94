"""Writes docs/outlets.md from the table of options. `make docs` runs it; a test compares."""

from collections.abc import Iterator
from pathlib import Path

from news.outlets import DEFAULTS, OPTIONS, Option

PAGE = Path(__file__).resolve().parent.parent / "docs" / "outlets.md"

HEAD = """# Outlets

`outlets.toml` lies in the data folder (`NEWSKEEP_HOME`). Each outlet is an entry, and the smallest entry is an address:

```toml
contact = "archive@example.org"       # goes into the user agent

[defaults]                            # for all outlets; an entry can set its own
every = "1h"

[[outlet]]
url = "https://www.krone.at"
teasers.remove = [".c_related"]
```

`newskeep outlets add URL` appends an entry, `newskeep outlets remove NAME` removes it; comments and layout of the file
stay as they are. An editor does as well: `newskeep outlets check` reports all mistakes with their lines.
`newskeep outlets show NAME` prints each value with a mark: set, found or default.

## The file

"""

COLUMNS = """| Key | Value | Example | If not set | What it does |
| --- | --- | --- | --- | --- |
"""

OF_FILE = (
    (
        "`contact`", "a mail or web address", '`"archive@example.org"`', "`NEWSKEEP_CONTACT`, which has precedence",
        "Goes into the user agent, so that outlets can write to you. Live sites are not crawled without it.",
    ),
    (
        "`[defaults]`", "a table of the keys with a star below", '`every = "1h"`', "none",
        "Values for all outlets; an entry can set its own.",
    ),
    ("`[[outlet]]`", "an entry for each outlet", '`url = "https://www.krone.at"`', "none", "An outlet: see below."),
)  # fmt: skip

TAIL = """
Keys with a star can stand in `[defaults]`. A list of one can be written as the value alone. `teasers.remove` and
`teasers.keep` are keys of the table `teasers`: `teasers = { remove = [".c_related"] }` is the same.

A duration is a number and `m`, `h`, `d` or `w`: `30m`, `6h`, `1d`. Patterns are Python's regular expressions; they are
searched in the whole address.

This page is written by `make docs` from `news/outlets.py`.
"""


def page() -> str:
    """Return the text of docs/outlets.md."""
    tables = (COLUMNS + "".join(f"| {' | '.join(cells)} |\n" for cells in rows) for rows in (OF_FILE, _of_outlet()))
    return HEAD + "\n## An outlet\n\n".join(tables) + TAIL


def _of_outlet() -> Iterator[tuple[str, ...]]:
    for option in OPTIONS:
        star = " \\*" if option.shared else ""
        value = f"list: {option.kind}" if option.many else str(option.kind)
        yield f"`{option.key}`{star}", value, f"`{option.example}`", option.unset or _default(option), option.help


def _default(option: Option) -> str:
    default = DEFAULTS[option.field]
    if isinstance(default, bool):
        return "`true`" if default else "`false`"
    return f'`"{default}"`' if isinstance(default, str) else "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
