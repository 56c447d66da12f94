"""`newskeep reprocess`: read the archived captures again with today's rules, and say what that changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import need_outlet
from cli.completion import complete_outlet
from cli.counting import counting
from cli.diff import changed_fields, field_lines
from cli.output import emit, plural, print_text, say
from news.article import short_id
from news.exit_codes import ExitCode
from news.reasons import in_words
from news.ruleset import READING_RULES
from news.text import one_line

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.home import Home
    from crawler.reprocess import Drift, Reread, Selection

SECTION = "Look after"
_DIFFS = 3


@click.command()
@click.argument("query", required=False, default="")
@click.option("--outlet", metavar="NAME|URL", shell_complete=complete_outlet, help="Only this outlet's articles.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N articles chosen at random.")
@click.option("--again", is_flag=True, help="Also what today's rules have read already.")
@click.option("--dry-run", is_flag=True, help="Store nothing.")
@click.option("--diffs", type=click.IntRange(0), default=_DIFFS, show_default=True, help="Show so many differences.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects: each changed text, each outlet, then a summary.")
def reprocess(
    query: str, outlet: str | None, sample: int | None, again: bool, dry_run: bool, diffs: int, as_json: bool
) -> int:
    """Read archived captures again with today's rules; new readings are kept beside the old ones.

    \b
    newskeep reprocess --sample 500 --dry-run      what would today's rules change?
    newskeep reprocess --outlet krone              read all of an outlet again, and store the readings

    The revisions stay as they are: the outlet has changed nothing. Interrupted, it goes on where it stopped. It runs
    on all cores.
    """
    from crawler.reprocess import count_revisions
    from crawler.reprocess import reprocess as read_again
    from crawler.sandbox import SandboxPool
    from crawler.targets import known_outlets

    report = _Report(as_json, dry_run, diffs)
    with _selection(query, outlet, sample, again) as (home, engine, selection), SandboxPool() as readers:
        in_file, archived = known_outlets(home, engine)
        outlets = archived | {each.name: each for each in in_file.outlets}
        with engine.connect() as conn:
            report.expected = count_revisions(conn, selection)
        report.nothing_found = selection.articles == ()
        try:
            with counting(every=1) as count:
                for batch in read_again(engine, home, readers, outlets, selection, dry_run=dry_run):
                    report.add(batch)
                    count("reading", report.done, report.expected)
        finally:  # what was stored before an interruption is reported
            report.end()
    return ExitCode.SOME_PAGES_FAILED if report.total.unreadable else ExitCode.FINE


@contextmanager
def _selection(
    query: str, outlet: str | None, sample: int | None, again: bool
) -> Iterator[tuple[Home, Engine, Selection]]:
    from archive.database import archive_engine
    from archive.home import existing_archive
    from archive.lookup import articles_of_outlet, random_articles
    from archive.search import Filters, matching_articles
    from crawler.reprocess import Selection

    home = existing_archive()
    with archive_engine(home) as engine:
        with engine.connect() as conn:
            name = need_outlet(conn, outlet) if outlet else None
            articles: list[int] | None = None
            if query:
                articles = matching_articles(conn, query, Filters(outlet=name))[:sample]
            elif sample:
                articles = random_articles(conn, sample, name)
            elif name:
                articles = articles_of_outlet(conn, name)
        yield home, engine, Selection(tuple(articles) if articles is not None else None, again)


@dataclass(slots=True)
class _Report:
    """What the rules changed: differences as they come, and figures for each outlet at the end."""

    as_json: bool
    dry_run: bool
    diffs: int
    expected: int = 0
    nothing_found: bool = False
    total: Drift = field(init=False)
    outlets: dict[str, Drift] = field(default_factory=dict)
    shown: int = 0

    def __post_init__(self) -> None:
        from crawler.reprocess import Drift

        self.total = Drift()

    @property
    def done(self) -> int:
        """Revisions that were read, or could not be."""
        return self.total.read + sum(self.total.unreadable.values())

    def add(self, batch: list[Reread]) -> None:
        from crawler.reprocess import Drift

        for reread in batch:
            self.total.add(reread)
            self.outlets.setdefault(reread.revision.outlet, Drift()).add(reread)
            if reread.changes:
                self._tell(reread)

    def _tell(self, reread: Reread) -> None:
        revision = reread.revision
        if self.as_json:
            emit({"type": "changed", "id": short_id("a", revision.article_id), "outlet": revision.outlet,
                  "revision": revision.number, "headline": revision.headline, "changes": reread.changes,
                  "similarity": round(reread.similarity, 4), "rules": revision.rules})  # fmt: skip
            return
        print_text(f"{short_id('a', revision.article_id)} revision {revision.number} · {one_line(revision.outlet)} · "
                   f"{', '.join(reread.changes).replace('_', ' ')} · {reread.similarity:.0%} alike")  # fmt: skip
        if self.shown < self.diffs:
            self.shown += 1
            for line in _diff_lines(reread):
                print_text(line)

    def end(self) -> None:
        for name, drift in sorted(self.outlets.items()):
            if self.as_json:
                emit({"type": "outlet", "outlet": name, **_figures(drift)})
            else:
                say(f"{one_line(name)}: {_in_words(drift)}")
        if self.as_json:
            emit({"type": "summary", "rules": READING_RULES, "dry_run": self.dry_run, **_figures(self.total)})
        elif self.nothing_found:
            say("Nothing was found.")
        elif not self.expected:
            say("Everything was read with today's rules already; --again reads it once more.")
        else:
            say(f"all: {_in_words(self.total)}{'; nothing was stored' if self.dry_run else ''}")


def _diff_lines(reread: Reread) -> Iterator[str]:
    from news.sameness.revisions import Wording

    assert reread.page
    revision = reread.revision
    old = Wording.from_body(revision.headline, revision.lead, revision.body)
    for changed in changed_fields(old, Wording.of(reread.page.article)):
        yield f"  {changed.name}"
        yield from (f"  {line}" for line in field_lines(changed))


def _figures(drift: Drift) -> dict[str, Any]:
    return {
        "read": drift.read, "changed": drift.changed, "share_changed": round(drift.share_changed, 4),
        "mean_similarity": round(drift.similarity, 4), "kinds": drift.kinds, "unreadable": drift.unreadable,
    }  # fmt: skip


def _in_words(drift: Drift) -> str:
    kinds = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in sorted(drift.kinds.items()))
    reasons = ", ".join(f"{number} {in_words(reason)}" for reason, number in sorted(drift.unreadable.items()))
    figures = f"{plural(drift.read, 'text')} read, {drift.changed} differ ({drift.share_changed:.1%})"
    alike = f"{drift.similarity:.1%} alike on average"
    return "; ".join(part for part in (figures, alike, kinds, reasons and f"not read: {reasons}") if part)
