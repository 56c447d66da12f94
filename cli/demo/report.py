"""Output of the tour: each command as a user would type it, and its result."""

from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import indent
from typing import Any

import click
from sqlalchemy import Connection

from cli.demo.checks import Check, removed_blocks, rows
from cli.demo.newsstand import PretendOutlet, PretendPage
from cli.demo.site import Site
from cli.demo.terminal import Terminal
from news.dispositions import Disposition
from news.reasons import in_words

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


def show_crawl(site: Site, visit: int, names: Iterable[str], records: list[dict[str, Any]]) -> None:
    """Print the account of a crawl over all outlets."""
    click.echo(_opening(site) if visit == 1 else f"\n{LATER}")
    click.echo(f"\n$ newskeep crawl {' '.join(names)}")
    links = [record for record in records if "disposition" in record]
    counts = Counter(record["disposition"] for record in links)
    for disposition in Disposition:
        if counts[disposition]:
            click.echo(f"{counts[disposition]:5}  {disposition:<11}{_reasons(links, disposition)}".rstrip())
    balanced = all(record["balanced"] for record in records if record.get("type") == "summary")
    click.echo(f"{len(links):5}  links seen {'✓ all accounted for' if balanced else '✗ the books do not balance'}")


def show_new_layout(outlet: PretendOutlet, url: str, records: list[dict[str, Any]]) -> None:
    """Print how an archived article in a new layout ended."""
    click.echo(f"\n{outlet.title} no longer lists anything; its articles are still there, in the new layout:")
    click.echo(f"\n$ newskeep crawl {url}")
    for record in records:
        if "disposition" in record:
            click.echo(f"{1:5}  {record['disposition']}")


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


def show_archive(site: Site, archive: Connection) -> None:
    """Print one article: its text, and what was removed."""
    outlet, page = _first_page(site)
    url = site.url(outlet, page)
    [article] = rows(archive, "select * from v_articles where url = :url", url=url)
    blocks = removed_blocks(archive)[url]
    click.echo(f"\nOne page of {outlet.title}, as it is now in the archive\n")
    click.echo(indent(f"{article['headline']}\n{_short(article['lead'])}\n", "  "))
    click.echo(indent("\n".join(_short(part) for part in article["body"].split("\n\n")), "  "))
    click.echo(f"\n  removed from the text, and kept: {_counted(blocks)}")
    for block in _longest_of_each_label(blocks):
        click.echo(f"    {block['label']:<8} {_short(block['text'])}")


def _first_page(site: Site) -> tuple[PretendOutlet, PretendPage]:
    outlet = site.newsstand.outlets[0]
    return outlet, outlet.pages[0]


def _short(text: str, length: int = 100) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _counted(blocks: Sequence[dict[str, Any]]) -> str:
    counts = Counter(block["label"] for block in blocks)
    return ", ".join(f"{count} {label}" for label, count in counts.most_common())


def _longest_of_each_label(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the longest block of each label."""
    longest = {block["label"]: block for block in sorted(blocks, key=lambda block: len(block["text"]))}
    return list(longest.values())


def show_commands(site: Site, terminal: Terminal) -> None:
    """Run and print other commands on the archive."""
    for words in _commands(site):
        lines = terminal.run(*words).decode(errors="replace").rstrip().splitlines()
        click.echo(f"\n$ newskeep {' '.join(words)}")
        click.echo(indent("\n".join(lines[:LONGEST] + (["…"] if len(lines) > LONGEST else [])), "  "))


def _commands(site: Site) -> Iterable[tuple[str, ...]]:
    for outlet in site.newsstand.outlets:
        for page in outlet.pages:
            if page.first.paragraphs != page.later.paragraphs:
                yield "diff", site.url(outlet, page)
        for _, new in outlet.moved():
            yield "explain", site.url(outlet, new)
    yield "show", site.url(site.newsstand.outlets[1], site.newsstand.outlets[1].pages[0]), "--copies"
    yield "search", "Brücke"


def show_end(checks: Sequence[Check], seconds: float) -> None:
    """Print how many checks passed, and the next commands."""
    passed = sum(check.ok for check in checks)
    click.echo(f"\n{'✓' if passed == len(checks) else '✗'} {passed} of {len(checks)} checks, {seconds:.0f} s")
    click.echo("\nyour own:  newskeep init\n           newskeep outlets add https://…")
