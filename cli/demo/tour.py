"""The tour: crawl the pretend outlets, let some hours pass, crawl them again, check and show the archive."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any

from archive.database import open_archive
from archive.home import open_home
from cli.demo import report
from cli.demo.checks import Check, archive_checks, ledger_checks
from cli.demo.newsstand import VISITS, expected_counts
from cli.demo.site import Site, open_site
from cli.demo.terminal import CommandFailed, Terminal
from cli.output import emit, say
from news.dispositions import Disposition
from news.exit_codes import ExitCode


def take_tour(*, keep: bool, as_json: bool) -> int:
    """Run the tour and return the exit code: 8 if something that was shown is wrong."""
    started = time.monotonic()
    with data_folder(keep=keep) as terminal, open_site() as site:
        try:
            checks = [*_crawls(site, terminal, quiet=as_json), *_new_layout(site, terminal, quiet=as_json)]
            checks += _look(site, terminal, quiet=as_json)
        except CommandFailed as error:
            say(f"error: {error}")
            return ExitCode.OUR_BUG
    return _close(checks, time.monotonic() - started, as_json=as_json)


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


def _crawls(site: Site, terminal: Terminal, *, quiet: bool) -> list[Check]:
    write_outlets(site, terminal.home)
    names = [outlet.name for outlet in site.newsstand.outlets]
    checks: list[Check] = []
    for visit in VISITS:
        site.visit = visit
        records = terminal.records("crawl", *names)
        checks += ledger_checks(f"crawl {visit}", expected_counts(site.newsstand, visit), records)
        if not quiet:
            report.show_crawl(site, visit, names, records)
    return checks


def _new_layout(site: Site, terminal: Terminal, *, quiet: bool) -> list[Check]:
    """Crawl an article in its new layout by its address, since the front page no longer links to it."""
    outlet = next(outlet for outlet in site.newsstand.outlets if outlet.broken(site.visit))
    url = site.url(outlet, outlet.pages[0])
    records = terminal.records("crawl", url)
    if not quiet:
        report.show_new_layout(outlet, url, records)
    return list(ledger_checks("an article in a new layout", {Disposition.UNCHANGED: 1}, records))


def write_outlets(site: Site, home: Path) -> None:
    """Write the pretend outlets as outlets.toml, without delay, since they are on this machine."""
    entries = ['contact = "demo@example.org"\n\n[defaults]\ndelay = 0\n']
    entries += [f'[[outlet]]\nname = "{name}"\nurl = "{base}/"\n' for name, base in site.bases.items()]
    (home / "outlets.toml").write_text("\n".join(entries), encoding="utf-8")


def _look(site: Site, terminal: Terminal, *, quiet: bool) -> list[Check]:
    engine = open_archive(open_home(terminal.environ))
    try:
        with engine.connect() as archive:
            checks = list(archive_checks(site, archive))
            if not quiet:
                report.show_archive(site, archive)
    finally:
        engine.dispose()
    checks.append(_raw_check(site, terminal))
    if not quiet:
        report.show_commands(site, terminal)
    return checks


def _raw_check(site: Site, terminal: Terminal) -> Check:
    """Check that the capture of a page returns the same bytes."""
    outlet = site.newsstand.outlets[0]
    page = outlet.pages[-1]
    _, _, body = site.answer(outlet, page.path)
    return Check(
        "a page comes back as it arrived", True, terminal.run("show", site.url(outlet, page), "--raw") == body.encode()
    )


def _close(checks: list[Check], seconds: float, *, as_json: bool) -> int:
    failed = [check for check in checks if not check.ok]
    if as_json:
        for check in checks:
            emit({"type": "check", "name": check.name, "ok": check.ok, **_difference(check)})
        emit({"type": "summary", "checks": len(checks), "ok": not failed, "seconds": round(seconds, 1)})
    else:
        report.show_end(checks, seconds)
    for check in failed:
        expected, found = (shorten(str(value), 400, placeholder=" …") for value in (check.expected, check.found))
        say(f"error: {check.name}: expected {expected}, found {found}")
    return ExitCode.BOOKS_OR_DAMAGE if failed else ExitCode.FINE


def _difference(check: Check) -> dict[str, Any]:
    return {} if check.ok else {"expected": check.expected, "found": check.found}
