"""`newskeep verify`: prove that captures and rows are as they were stored, and name the articles of what is not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from cli.archive_helpers import need_outlet, opened_engine
from cli.completion import complete_outlet
from cli.output import emit, plural, print_text, say
from news.article import short_id
from news.exit_codes import ExitCode
from news.text import one_line

if TYPE_CHECKING:
    from archive.verify.check import Check, Damage, Look, Scope

SECTION = "Look after"


@click.command()
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N articles chosen at random.")
@click.option("--all", "everything", is_flag=True, help="Everything (the default).")
@click.option("--outlet", metavar="NAME|URL", shell_complete=complete_outlet, help="Only this outlet's articles.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line: each damage, then a summary.")
def verify(sample: int | None, everything: bool, outlet: str | None, as_json: bool) -> int:
    """Check captures and rows against their digests; exit code 8 on damage.

    \b
    newskeep verify                                all captures, rows, references and books
    newskeep verify --sample 1000 --json           a thousand articles with their captures

    Damage is listed by article. A damaged capture file is replaced if CAPTURE_COPIES or CAPTURE_STORE has a good one.
    """
    if sample and everything:
        raise click.UsageError("--sample and --all exclude each other")
    findings = _Findings(as_json)
    with _scope(sample, outlet) as scope:
        try:
            _look(scope, findings)
        finally:  # an interruption ends with what was found so far
            findings.tell_end()
    return ExitCode.BOOKS_OR_DAMAGE if findings.left else ExitCode.FINE


@contextmanager
def _scope(sample: int | None, outlet: str | None) -> Iterator[Scope]:
    from archive.lookup import articles_of_outlet, random_articles
    from archive.verify.check import Scope

    with opened_engine() as (home, engine):
        with engine.connect() as conn:
            name = need_outlet(conn, outlet) if outlet else None
            articles = None
            if sample:
                articles = tuple(random_articles(conn, sample, name))
            elif name:
                articles = tuple(articles_of_outlet(conn, name))
        yield Scope(engine, home, articles)


def _look(scope: Scope, findings: _Findings) -> None:
    from archive.verify.registry import CHECKS
    from archive.verify.run import verify as run
    from cli.progress import part_bars

    with part_bars() as bars:
        tasks = {check.id: bars.add_task(check.title, total=check.total(scope), size="") for check in CHECKS.values()}
        for check, look in run(scope):
            bars.update(tasks[check.id], advance=look.number)
            findings.add(scope, check, look)


@dataclass(slots=True)
class _Findings:
    """What the command looked at and found; prints each damage at once."""

    as_json: bool
    parts: Counter[str] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)
    size: int = 0
    damaged: int = 0
    repaired: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> int:
        """Damages that were not repaired."""
        return self.damaged - self.repaired

    def add(self, scope: Scope, check: Check, look: Look) -> None:
        self.parts[check.id] += look.number
        self.titles[check.id] = check.title
        self.size += look.size
        for damage in look.damages:
            self.damaged += 1
            self.repaired += damage.repaired
            self._print(scope, damage)

    def _print(self, scope: Scope, damage: Damage) -> None:
        from archive.verify.run import damaged_articles

        articles = damaged_articles(scope, damage.articles).values()
        named = [
            {"id": short_id("a", found.id), "outlet": found.outlet, "headline": found.headline, "url": found.url}
            for found in articles
        ]
        if self.as_json:
            emit({"type": "damage", "check": damage.check, "place": damage.place, "problem": damage.problem,
                  "repaired": damage.repaired, "articles": named})  # fmt: skip
            return
        print_text(f"{'repaired' if damage.repaired else 'damaged'}  {damage.place}: {damage.problem}")
        for found in named:
            print_text(
                f"  {found['id']} · {found['outlet'] or '?'} · {one_line(found['headline'] or 'without headline')}"
            )

    def tell_end(self) -> None:
        seconds = time.monotonic() - self.began
        if self.as_json:
            emit({"type": "summary", "checked": self.parts, "bytes": self.size, "damages": self.damaged,
                  "repaired": self.repaired, "seconds": round(seconds, 1)})  # fmt: skip
            return
        for check_id, number in self.parts.items():
            say(f"{number:>9,}  {check_id}: {self.titles[check_id]}")
        repaired = f", {self.repaired} of them repaired" if self.repaired else ""
        say(f"{plural(self.damaged, 'damage')}{repaired}" if self.damaged else "everything is as it was stored")
