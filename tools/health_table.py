"""Write the table of health rules in docs/operating.md from the rules. `make docs` runs it; a test compares."""

import re
from pathlib import Path

from news.health.registry import documentation

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operating.md"


def page() -> str:
    """Return the text of docs/operating.md with the present table."""
    return re.sub(
        r"\| Rule \| It is broken when .*?\n(?=\n)", lambda _: documentation(), PAGE.read_text("utf-8"), flags=re.S
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
