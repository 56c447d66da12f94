"""What the tour shows a person: each command as it could be typed, and what came of it."""

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
    "paragraphs": "feed; paragraphs and nothing else, forty teasers below",
    "article": "sitemap; robots.txt forbids one page",
    "divs": "feed; nameless divs, one page answers HTTP 500",
    "breaks": "front page alone; a table with line breaks",
}
LATER = (
    "Two hours pass. Every teaser list has moved on (“5 hrs ago”), two articles were edited, one is new, one has\n"
    "another address, and Nordlicht has a new layout that draws its front page with a script."
)
LONGEST = 14  # lines of a command's output


def show_crawl(site: Site, visit: int, names: Iterable[str], records: list[dict[str, Any]]) -> None:
    """The crawl's closing account, as `newskeep crawl` gives it for one outlet."""
    click.echo(_opening(site) if visit == 1 else f"\n{LATER}")
    click.echo(f"\n$ newskeep crawl {' '.join(names)}")
    links = [record for record in records if "disposition" in record]
    counts = Counter(record["disposition"] for record in links)
    for disposition in Disposition:
        if counts[disposition]:
            click.echo(f"{counts[disposition]:5}  {disposition:<11}{_told(links, disposition)}".rstrip())
    balanced = all(record["balanced"] for record in records if record.get("type") == "summary")
    click.echo(f"{len(links):5}  links seen {'✓ all accounted for' if balanced else '✗ the books do not balance'}")


def show_new_layout(outlet: PretendOutlet, url: str, records: list[dict[str, Any]]) -> None:
    """How a known article in a new layout ended."""
    click.echo(f"\n{outlet.title} lists nothing any more; its articles are still there, in the new layout:")
    click.echo(f"\n$ newskeep crawl {url}")
    for record in records:
        if "disposition" in record:
            click.echo(f"{1:5}  {record['disposition']}")


def _opening(site: Site) -> str:
    lines = ["Four pretend outlets on this machine; nothing here needs the internet.\n"]
    for outlet in site.newsstand.outlets:
        lines.append(f"  {outlet.title:<24}{site.bases[outlet.name]:<26}{LAYOUTS[outlet.layouts[0]]}")
    return "\n".join(lines)


def _told(links: list[dict[str, Any]], disposition: Disposition) -> str:
    """The reasons where a disposition has them, else nothing."""
    ended = [link for link in links if link["disposition"] == disposition]
    reasons = Counter(in_words(link["reason"]) for link in ended if link.get("reason"))
    return " · ".join(f"{count} {reason}" for reason, count in reasons.items())


def show_archive(site: Site, archive: Connection) -> None:
    """One page's way: what stood on it, what was kept and what was set aside."""
    outlet, page = _seed_like(site)
    url = site.url(outlet, page)
    [article] = rows(archive, "select * from v_articles where url = :url", url=url)
    blocks = removed_blocks(archive)[url]
    click.echo(f"\nOne page of {outlet.title}, as it is now in the archive\n")
    click.echo(indent(f"{article['headline']}\n{_short(article['lead'])}\n", "  "))
    click.echo(indent("\n".join(_short(part) for part in article["body"].split("\n\n")), "  "))
    click.echo(f"\n  set aside, each with the rule that removed it: {_counted(blocks)}")
    for block in _one_of_each(blocks):
        click.echo(f"    {block['label']:<8} {_short(block['text'])}")


def _seed_like(site: Site) -> tuple[PretendOutlet, PretendPage]:
    outlet = site.newsstand.outlets[0]
    return outlet, outlet.pages[0]


def _short(text: str, length: int = 100) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _counted(blocks: Sequence[dict[str, Any]]) -> str:
    counts = Counter(block["label"] for block in blocks)
    return ", ".join(f"{count} {label}" for label, count in counts.most_common())


def _one_of_each(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The longest block of each label."""
    longest = {block["label"]: block for block in sorted(blocks, key=lambda block: len(block["text"]))}
    return list(longest.values())


def show_commands(site: Site, terminal: Terminal) -> None:
    """Other verbs, run for real on what the two crawls have left."""
    for words in _worth_showing(site):
        said = terminal.run(*words).decode(errors="replace").rstrip().splitlines()
        click.echo(f"\n$ newskeep {' '.join(words)}")
        click.echo(indent("\n".join(said[:LONGEST] + (["…"] if len(said) > LONGEST else [])), "  "))


def _worth_showing(site: Site) -> Iterable[tuple[str, ...]]:
    for outlet in site.newsstand.outlets:
        for page in outlet.pages:
            if page.first.paragraphs != page.later.paragraphs:
                yield "diff", site.url(outlet, page)
        for _, new in outlet.moved():
            yield "explain", site.url(outlet, new)
    yield "show", site.url(site.newsstand.outlets[1], site.newsstand.outlets[1].pages[0]), "--copies"
    yield "search", "Brücke"


def show_end(checks: Sequence[Check], seconds: float) -> None:
    """Whether all of it was as it must be, and where to go from here."""
    right = sum(check.ok for check in checks)
    click.echo(f"\n{'✓' if right == len(checks) else '✗'} {right} of {len(checks)} checks, {seconds:.0f} s")
    click.echo("\nnow yours:  newskeep init\n            newskeep outlets add https://…")
