"""The tour: crawl the pretend outlets, let some hours pass, crawl them again, check and show the archive."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent, shorten
from typing import Any

import click
from sqlalchemy import Connection

from archive.database import archive_engine
from archive.home import open_home
from cli.demo.checks import Check, archive_checks, ledger_checks, removed_blocks, rows
from cli.demo.newsstand import VISITS, PretendOutlet, expected_counts
from cli.demo.site import Site, open_site
from cli.output import emit, say
from news.dispositions import Disposition
from news.exit_codes import ExitCode
from news.reasons import in_words
from news.settings import SETTINGS

CONTACT = "demo@example.org"
LOOPBACK = "127.0.0.0/8"
LAYOUTS = {
    "paragraphs": "feed; paragraphs only, forty teasers below",
    "article": "sitemap; robots.txt forbids one page",
    "divs": "feed; only div elements, one page answers HTTP 500",
    "breaks": "front page only; a table with line breaks",
}
LATER = (
    "Two hours pass. All teasers are others now (“5 hrs ago”), two articles were edited, one is new, one has\n"
    "another address, and Nordlicht has a new layout: a script draws its front page."
)
LONGEST = 14  # lines of a command's output


def take_tour(*, keep: bool, as_json: bool) -> int:
    """Run the tour and return the exit code: 8 if something that was shown is wrong."""
    started = time.monotonic()
    with data_folder(keep=keep) as terminal, open_site() as site:
        tour = Tour(site, terminal, quiet=as_json)
        try:
            tour.take()
        except CommandFailed as error:
            say(f"error: {error}")
            return ExitCode.OUR_BUG
    return _close(tour.checks, time.monotonic() - started, as_json=as_json)


class CommandFailed(Exception):
    """A command of the tour ended unexpectedly; the message has the end of its output."""


class Terminal:
    """Runs `newskeep` in the data folder *home*; it may fetch from this machine only."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = tour_environment(home, os.environ)

    def run(self, *words: str) -> bytes:
        """Run a command and return its standard output. Raises CommandFailed if it fails.

        Exit code 3 is no failure here: one of the pretend pages is broken on purpose.
        """
        done = subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "cli.main", *words], capture_output=True, check=False, env=self.environ
        )
        if done.returncode not in (0, ExitCode.SOME_PAGES_FAILED):
            message = done.stderr.decode(errors="replace").strip()
            ended = f"`newskeep {' '.join(words)}` ended with exit code {done.returncode}"
            raise CommandFailed(f"{ended}\n{message[-2000:]}")
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        """Run a command with --json and return its lines as mappings."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]


def tour_environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the tour's commands, without the user's own settings."""
    names = {setting.name for setting in SETTINGS}
    others = {name: value for name, value in environ.items() if name not in names}
    own = {"NEWSKEEP_HOME": str(home), "NEWSKEEP_CONTACT": CONTACT, "NEWSKEEP_ALLOW_NETWORKS": LOOPBACK}
    return {**others, **own, "NO_COLOR": "1"}


@contextmanager
def data_folder(*, keep: bool) -> Iterator[Terminal]:
    """Open a terminal in a new data folder, which is deleted with its database at the end unless *keep*."""
    home = Path(tempfile.mkdtemp(prefix="newskeep-demo-"))
    terminal = Terminal(home)
    try:
        yield terminal
    finally:
        terminal.run("db", "stop")
        if keep:
            say(f"kept: export NEWSKEEP_HOME={home}")
        else:
            shutil.rmtree(home)


@dataclass(slots=True)
class Tour:
    """The steps of the tour. It prints what a user would type and see, unless *quiet*, and collects `checks`."""

    site: Site
    terminal: Terminal
    quiet: bool
    checks: list[Check] = field(default_factory=list)

    def take(self) -> None:
        """Take all steps. Raises CommandFailed."""
        self._write_outlets()
        for visit in VISITS:
            self.site.visit = visit
            self._crawl_all()
        self._crawl_new_layout()
        with archive_engine(open_home(self.terminal.environ)) as engine, engine.connect() as archive:
            self.checks += archive_checks(self.site, archive)
            self._show_archive(archive)
        self._check_capture()
        if not self.quiet:
            self._show_commands()

    def _print(self, text: str) -> None:
        if not self.quiet:
            click.echo(text)

    def _write_outlets(self) -> None:
        """Write the pretend outlets as outlets.toml, without delay, since they are on this machine."""
        entries = [f'contact = "{CONTACT}"\n\n[defaults]\ndelay = 0\n']
        entries += [f'[[outlet]]\nname = "{name}"\nurl = "{base}/"\n' for name, base in self.site.bases.items()]
        (self.terminal.home / "outlets.toml").write_text("\n".join(entries), encoding="utf-8")

    def _crawl_all(self) -> None:
        """Crawl all outlets and print the account."""
        visit, names = self.site.visit, list(self.site.bases)
        records = self.terminal.records("crawl", *names)
        self.checks += ledger_checks(f"crawl {visit}", expected_counts(self.site.newsstand, visit), records)
        self._print(_opening(self.site) if visit == 1 else f"\n{LATER}")
        self._print(f"\n$ newskeep crawl {' '.join(names)}")
        links = [record for record in records if "disposition" in record]
        counts = Counter(record["disposition"] for record in links)
        for kind in (kind for kind in Disposition if counts[kind]):
            self._print(f"{counts[kind]:5}  {kind:<11}{_reasons(links, kind)}".rstrip())
        balanced = all(record["balanced"] for record in records if record.get("type") == "summary")
        verdict = "✓ all accounted for" if balanced else "✗ the books do not balance"
        self._print(f"{len(links):5}  links seen {verdict}")

    def _crawl_new_layout(self) -> None:
        """Crawl an article in its new layout by its address, since the front page no longer links to it."""
        outlet = next(outlet for outlet in self.site.newsstand.outlets if outlet.broken(self.site.visit))
        url = self.site.url(outlet, outlet.pages[0])
        records = self.terminal.records("crawl", url)
        self.checks += ledger_checks("an article in a new layout", {Disposition.UNCHANGED: 1}, records)
        self._print(f"\n{outlet.title} no longer lists anything; its articles are still there, in the new layout:")
        self._print(f"\n$ newskeep crawl {url}")
        for record in records:
            if "disposition" in record:
                self._print(f"{1:5}  {record['disposition']}")

    def _show_archive(self, archive: Connection) -> None:
        """Print one article: its text, and what was removed."""
        outlet = self.site.newsstand.outlets[0]
        url = self.site.url(outlet, outlet.pages[0])
        [article] = rows(archive, "select * from v_articles where url = :url", url=url)
        blocks = removed_blocks(archive)[url]
        longest_of_label = {block["label"]: block for block in sorted(blocks, key=lambda block: len(block["text"]))}
        counts = Counter(block["label"] for block in blocks).most_common()
        self._print(f"\nOne page of {outlet.title}, as it is now in the archive\n")
        self._print(indent(f"{article['headline']}\n{_short(article['lead'])}\n", "  "))
        self._print(indent("\n".join(map(_short, article["body"].split("\n\n"))), "  "))
        self._print(f"\n  removed from the text, and kept: {', '.join(f'{n} {label}' for label, n in counts)}")
        for label, block in longest_of_label.items():
            self._print(f"    {label:<8} {_short(block['text'])}")

    def _check_capture(self) -> None:
        """Check that the capture of a page returns the same bytes."""
        outlet = self.site.newsstand.outlets[0]
        page = outlet.pages[-1]
        _, _, body = self.site.answer(outlet, page.path)
        raw = self.terminal.run("show", self.site.url(outlet, page), "--raw")
        self.checks.append(Check("a page comes back as it arrived", True, raw == body.encode()))

    def _show_commands(self) -> None:
        """Run and print other commands on the archive."""
        for words in _commands(self.site):
            lines = self.terminal.run(*words).decode(errors="replace").rstrip().splitlines()
            self._print(f"\n$ newskeep {' '.join(words)}")
            self._print(indent("\n".join(lines[:LONGEST] + (["…"] if len(lines) > LONGEST else [])), "  "))


def _opening(site: Site) -> str:
    lines = ["Four pretend outlets on this machine; nothing here needs the internet.\n"]
    for outlet in site.newsstand.outlets:
        lines.append(f"  {outlet.title:<24}{site.bases[outlet.name]:<26}{LAYOUTS[outlet.layouts[0]]}")
    return "\n".join(lines)


def _reasons(links: list[dict[str, Any]], disposition: Disposition) -> str:
    """Return the reasons of a disposition with their counts; empty if there are none."""
    ended = [link for link in links if link["disposition"] == disposition]
    reasons = Counter(in_words(link["reason"]) for link in ended if link.get("reason"))
    return " · ".join(f"{count} {reason}" for reason, count in reasons.items())


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99].rstrip()}…"


def _commands(site: Site) -> Iterator[tuple[str, ...]]:
    for outlet in site.newsstand.outlets:
        for page in outlet.pages:
            if page.first.paragraphs != page.later.paragraphs:
                yield "diff", site.url(outlet, page)
        for _, new in outlet.moved():
            yield "explain", site.url(outlet, new)
    second: PretendOutlet = site.newsstand.outlets[1]
    yield "show", site.url(second, second.pages[0]), "--copies"
    yield "search", "Brücke"


def _close(checks: list[Check], seconds: float, *, as_json: bool) -> int:
    """Print the result of the checks, and the next commands; the exit code."""
    failed = [check for check in checks if not check.ok]
    if as_json:
        for check in checks:
            difference = {} if check.ok else {"expected": check.expected, "found": check.found}
            emit({"type": "check", "name": check.name, "ok": check.ok, **difference})
        emit({"type": "summary", "checks": len(checks), "ok": not failed, "seconds": round(seconds, 1)})
    else:
        passed = len(checks) - len(failed)
        click.echo(f"\n{'✗' if failed else '✓'} {passed} of {len(checks)} checks, {seconds:.0f} s")
        click.echo("\nyour own:  newskeep init\n           newskeep outlets add https://…")
    for check in failed:
        expected, found = (shorten(str(value), 400, placeholder=" …") for value in (check.expected, check.found))
        say(f"error: {check.name}: expected {expected}, found {found}")
    return ExitCode.BOOKS_OR_DAMAGE if failed else ExitCode.FINE
