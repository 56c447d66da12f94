"""Write the tables of rule ids and access states in docs/schema.md.

`make docs` runs it; tests/tools/test_rule_tables.py compares.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import crawler.extraction
import news
from news.access import AccessState
from news.rule_ids import WordedEnum, all_rule_ids
from news.sameness.sameness_rule import SamenessRule

PAGE = Path(__file__).resolve().parent.parent / "docs" / "schema.md"
_BLOCKS = "| Rule | A block with it |\n| --- | --- |\n"
_ACCESS = "| State | Meaning |\n| --- | --- |\n"
_SAMENESS = "| Rule | The comparison found |\n| --- | --- |\n"


def page(text: str) -> str:
    """Return the text of docs/schema.md with the present tables of rule ids."""
    for package in (news, crawler.extraction):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for head, rules in ((_BLOCKS, sorted(all_rule_ids())), (_SAMENESS, SamenessRule), (_ACCESS, AccessState)):
        text = _with_table(text, head, rules)
    return text


def _with_table(text: str, head: str, rules: Iterable[WordedEnum]) -> str:
    table = head + "".join(f"| `{rule}` | {rule.words} |\n" for rule in rules)
    return re.sub(re.escape(head) + r"(?:\|.*\n)*", lambda _: table, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
