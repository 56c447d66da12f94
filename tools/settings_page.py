"""Writes docs/settings.md from the one table of settings. `make docs` runs it; tests/test_house.py compares."""

from collections.abc import Iterator
from pathlib import Path

from news.settings import SETTINGS, Setting

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """# Settings

Each can be given in the environment or in `newskeep.toml`, which lies in the data folder (`NEWSKEEP_HOME`) beside
`outlets.toml`; the environment wins. An empty value counts as not given. A value that cannot be read ends every verb
with exit code 4 and the name of the setting. What belongs to one outlet (its schedule, its delay, its selectors) stands
in `outlets.toml`.

```toml
# newskeep.toml
CRAWL_DELAY_SECONDS = 3
NEWSKEEP_ALLOW_NETWORKS = ["10.1.0.0/16"]
```

| Setting | Default | What it does |
| --- | --- | --- |
"""

TAIL = """
As root the data folder is `/var/lib/newskeep` when nothing is set, for everybody else `~/.local/share/newskeep` (or one
below `XDG_DATA_HOME`).

This page is written by `make docs` from `news/settings.py`.
"""


def page() -> str:
    """The text of docs/settings.md."""
    return HEAD + "".join(_rows()) + TAIL


def _rows() -> Iterator[str]:
    for setting in SETTINGS:
        yield f"| `{setting.name}` | {_default(setting)} | {setting.purpose} |\n"


def _default(setting: Setting) -> str:
    if setting.default in (None, ()):
        return "none"
    number = setting.default
    return (
        f"`{number:_}`" if isinstance(number, int) else f"`{number:g}`" if isinstance(number, float) else f"`{number}`"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
