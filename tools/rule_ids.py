"""Write the table of rule ids in docs/schema.md. `make docs` runs it; tests/tools/test_rule_ids.py compares."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import crawler.extraction
import news
from news.rule_ids import all_rule_ids

PAGE = Path(__file__).resolve().parent.parent / "docs" / "schema.md"
_HEAD = "| Rule | A block with it |\n| --- | --- |\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")


def page(text: str) -> str:
    """The text of docs/schema.md with the present table of rule ids."""
    for package in (news, crawler.extraction):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    rows = (f"| `{rule}` | {rule.meaning} |\n" for rule in sorted(all_rule_ids()))
    table = _HEAD + "".join(rows)
    return _TABLE.sub(lambda _: table, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
