"""Write docs/settings.md from the table of settings. `make docs` runs it; tests/test_documents.py compares."""

from collections.abc import Iterator
from pathlib import Path

from news.settings import SETTINGS, Setting

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """# Settings

Give each in the environment or in `newskeep.toml`, which is in the data folder (`NEWSKEEP_HOME`) beside
`outlets.toml`; the environment wins. An empty value counts as absent. If a value cannot be read, every command ends
with exit code 4 and names the setting. What belongs to one outlet (schedule, delay, selectors) is in `outlets.toml`.

```toml
# newskeep.toml
CRAWL_DELAY_SECONDS = 3
NEWSKEEP_ALLOW_NETWORKS = ["10.1.0.0/16"]
```

| Setting | Default | What it does |
| --- | --- | --- |
"""

TAIL = """
Without `NEWSKEEP_HOME` the data folder is `/var/lib/newskeep` for root, and `~/.local/share/newskeep` (or
`newskeep` in `XDG_DATA_HOME`) for other users.

This page is written by `make docs` from `news/settings.py`.
"""


def page() -> str:
    """Return the text of docs/settings.md."""
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
