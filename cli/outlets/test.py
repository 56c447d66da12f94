"""`newskeep outlets test`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.completion import complete_outlet
from cli.outlets.add import outlet_from_arguments
from cli.outlets.outlets_file import as_json, contact_of, open_outlets, outlet_with_home, survey_outlet
from cli.outlets.values import channels_in_archive, found_values, print_survey
from cli.output import emit, print_text, say
from news.dispositions import Candidate, refusal
from news.exit_codes import ExitCode
from news.outlets import FoundLink, Outlet
from news.urls import canonicalise

if TYPE_CHECKING:
    from crawler.outlets.survey import Reading, Survey

ARTICLES_TRIED = 5


@click.command()
@click.argument("target", metavar="URL|NAME", shell_complete=complete_outlet)
@as_json
def test(target: str, json_: bool) -> None:
    """Try an outlet without saving anything: what it announces, how much a day, and five of its articles read.

    \b
    newskeep outlets test https://www.example.org
    newskeep outlets test spiegel
    """
    from crawler.outlets.survey import read_some

    home, file = open_outlets()
    outlet = file.by_name(target) or outlet_with_home(file.outlets, target) or outlet_from_arguments({"url": target})
    known = channels_in_archive(home, outlet.name) if file.by_name(outlet.name) else {}
    survey = survey_outlet(home, outlet, file, quiet=json_, known=known)
    links = [link for link in survey.links if not refusal(_candidate(link), outlet, None)]
    readings = read_some(home, outlet, links[:ARTICLES_TRIED], contact_of(home, file), datetime.now(UTC))
    if json_:
        _emit(outlet, survey, readings)
    else:
        print_survey(survey, print_text)
        for reading in readings:
            _print_reading(reading)
    if not any(reading.article for reading in readings):
        say(f"error: {outlet.url}: {_why_nothing(survey, links)}")
        sys.exit(ExitCode.NOTHING_FETCHED)


def _why_nothing(survey: Survey, links: Sequence[FoundLink]) -> str:
    if survey.links and not links:
        return (
            f"article_url and skip_url leave out all {len(survey.links)} links\n  try: other patterns in outlets.toml"
        )
    return "no article could be read\n  try: an address of one of its feeds or sections instead"


def _candidate(link: FoundLink) -> Candidate:
    return Candidate(canonicalise(link.url), link.announced_at)


def _emit(outlet: Outlet, survey: Survey, readings: Iterable[Reading]) -> None:
    emit({"type": "outlet", "outlet": outlet.name, "url": outlet.url, "found": found_values(survey),
          "links": len(survey.links), "per_day": survey.per_day, "problems": survey.found.problems})  # fmt: skip
    for reading in readings:
        article = reading.article
        fields = {} if article is None else {
            "headline": article.headline, "words": len(article.body.split()), "published_at": article.date_published,
            "removed": [{"text": block.text, "label": block.label, "rule": block.rule} for block in article.removed],
        }  # fmt: skip
        problem = {"problem": reading.problem} if reading.problem else {}
        emit({"type": "reading", "url": reading.url, **problem, **fields})


def _print_reading(reading: Reading) -> None:
    article = reading.article
    if article is None:
        print_text(f"  ✗ {reading.url}\n      {reading.problem}")
        return
    when = article.date_published.isoformat(" ", "minutes") if article.date_published else "no date"
    print_text(
        f"  ✓ {article.headline or '(no headline)'}\n      {len(article.body.split())} words · {when} · {reading.url}"
    )
    removed: dict[str, list[str]] = {}
    for block in article.removed:
        removed.setdefault(block.label.value, []).append(block.text)
    for label, texts in removed.items():
        print_text(f"      removed {len(texts)} {label}: “{texts[0][:60]}”" + (" …" if len(texts) > 1 else ""))
