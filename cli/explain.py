"""`newskeep explain`: why a page is, or is not, in the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import (
    NotFound,
    dim,
    evidence_in_words,
    format_time,
    need_article,
    opened_archive,
    print_answer,
    strong,
)
from news.article import LAST_CHANGE, parse_id, short_id
from news.reasons import in_words
from news.sameness.sameness_rule import SamenessRule
from news.text import one_line
from news.urls import page_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.explaining import ChannelFacts, EventFacts, Explanation, LinkFacts, ReadingFacts, RedirectFetch

SECTION = "Read"

Step = tuple[str, str]

_NAMED = 4  # other articles that are listed
_STEPS = ("found", "allowed", "fetched", "extracted", "teasers", "compared", "stored")


@click.command()
@click.argument("address", metavar="URL|ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain(address: str, as_json: bool) -> None:
    """Say why a page is (not) in the archive.

    \b
    newskeep explain https://www.example.org/politik/a-123
    newskeep explain a1f3c --json
    """
    with opened_archive() as (_, conn):
        explanation, site = _explain(conn, address)
    print_answer([_record(address, explanation, site)], _lines(address, explanation, site), as_json=as_json)


def _explain(conn: Connection, address: str) -> tuple[Explanation, str | None]:
    """Return what is recorded about the address, and the outlet whose site it is on."""
    from archive.explaining import explain_address, explain_article, outlet_of_site
    from archive.lookup import key_of

    if parse_id(address):
        return explain_article(conn, need_article(conn, address)), None
    key = key_of(address)
    if key is None:
        raise NotFound(f"“{one_line(address)}” is neither an address nor an id", "newskeep explain https://…")
    return explain_address(conn, key), outlet_of_site(conn, address if "://" in address else f"https://{address}")


def _record(address: str, explanation: Explanation, site: str | None) -> dict[str, Any]:
    stored = explanation.stored
    ids = {"id": short_id("a", stored.article_id), "story_id": short_id("s", stored.story_id)} if stored else {}
    facts = asdict(explanation)
    for name in ("link", "stored"):
        if facts[name]:
            facts[name].pop("article_id", None)
            facts[name].pop("story_id", None)
    is_known = bool(explanation.link or explanation.channels or explanation.redirects or stored)
    answer = {"known": is_known, "stored_as": ids or None, "outlet_of_site": site}
    return {"type": "explanation", "address": address, **answer, **facts, "steps": dict(_steps(explanation))}


def _lines(address: str, explanation: Explanation, site: str | None) -> Iterator[str]:
    if explanation.link is None and explanation.stored is None:
        yield from _unknown_lines(address, explanation, site)
        return
    yield strong(one_line(explanation.link.url if explanation.link else address))
    for number, (name, words) in enumerate(_steps(explanation), 1):
        yield f" {number} {name:<10} {words or dim('–')}"


def _unknown_lines(address: str, explanation: Explanation, site: str | None) -> Iterator[str]:
    for channel in explanation.channels:
        yield f"{one_line(channel.url)} is a {channel.kind} of {one_line(channel.outlet)}, where links are found"
        yield f"  {_channel_state(channel)}"
    for redirect in explanation.redirects:
        yield f"{one_line(redirect.url)}: {_redirect_in_words(redirect)}"
    if not explanation.channels and not explanation.redirects:
        yield f"{one_line(address)} is not in the archive: no crawl has seen this address."
        name = one_line(site or "")
        unlisted = f"  its site is outlet {name}, but none of its feeds, sitemaps and listings named this page"
        yield unlisted if site else "  its site is no outlet of this archive"
        yield f"  to fetch it now: newskeep crawl {one_line(address)}"


def _steps(explanation: Explanation) -> Iterator[Step]:
    words = (_found, _allowed, _fetched, _extracted, _teasers, _compared, _stored)
    return zip(_STEPS, (describe(explanation) for describe in words), strict=True)


def _found(explanation: Explanation) -> str:
    link = explanation.link
    if link is None:
        return "imported"
    later = f"; again in {link.seen - 1} later crawl{'s' if link.seen > 2 else ''}" if link.seen > 1 else ""
    return f"{format_time(link.first_seen_at)} {_where(link)}{later}"


def _where(link: LinkFacts) -> str:
    if link.channel_kind is None:
        return "imported" if link.imported else "named directly"
    return f"in {link.channel_kind} “{one_line(link.channel_title or link.channel_url or '')}”"


def _allowed(explanation: Explanation) -> str:
    link = explanation.link
    if link is None:
        return ""
    if link.disposition == "skipped" and "robots" in (link.reason or ""):
        return f"no: {_reason(link.reason)}"
    if link.imported:
        return "not asked: imported"
    if explanation.capture or link.last_fetched_at:
        return f"yes; {_channel_state(explanation.robots)}" if explanation.robots else "yes"
    return f"not asked: {_reason(link.reason)}" if link.disposition == "skipped" else ""


def _fetched(explanation: Explanation) -> str:
    link, capture = explanation.link, explanation.capture
    failed = ""
    if link and link.disposition == "failed":
        failed = f"failed {link.attempts} time{'s' if link.attempts != 1 else ''} in a row: {_reason(link.reason)}"
    redirect = f"; {_redirect_in_words(explanation.redirects[0])}" if explanation.redirects else ""
    if capture is None:
        return (failed or (_unfetched(link) if link else "")) + redirect
    kind = ", the same bytes as before" if capture.revisit else ""
    times = f"; {explanation.captures} captures in all" if explanation.captures > 1 else ""
    answer = f"HTTP {capture.status}{_redirected(explanation)}, {capture.size / 1024:.0f} KB"
    got = f"{format_time(capture.captured_at)} {answer}"
    if link and link.disposition == "unchanged" and (link.last_fetched_at or capture.captured_at) > capture.captured_at:
        times += f"; not modified at {format_time(link.last_fetched_at)}"
    return f"{got}, sha256 {capture.digest.hex()[:8]}…{kind}{times}" + (f"; then {failed}" if failed else "") + redirect


def _redirected(explanation: Explanation) -> str:
    """Say where the page came from, if not from the link's own address."""
    link, capture = explanation.link, explanation.capture
    if capture is None or link is None or page_key(capture.url) == link.url_key:
        return ""
    return f" after a redirect to {capture.url}"


def _redirect_in_words(redirect: RedirectFetch) -> str:
    """Say where the address leads, since when, and where the record is."""
    kind = f"HTTP {redirect.status}" if redirect.status != 200 else "the page itself leads"
    since, record = format_time(redirect.captured_at), f"{redirect.file.rpartition('/')[2]} at {redirect.record_offset}"
    return f"{kind} to {one_line(redirect.location)} since {since} ({one_line(record)})"


def _unfetched(link: LinkFacts) -> str:
    if link.state == "waiting":
        return "waiting to be fetched"
    return "not fetched: imported as a text" if link.imported and link.article_id is not None else "not fetched"


def _extracted(explanation: Explanation) -> str:
    reading = explanation.reading
    if reading is None:
        link = explanation.link
        is_skipped = link is not None and link.disposition == "skipped" and explanation.capture is not None
        return f"no: {_reason(link.reason)}" if link and is_skipped else ""
    return f"{reading.words} words, {_date(reading)}, rules {one_line(reading.rules)}"


def _date(reading: ReadingFacts) -> str:
    if reading.date_published is None:
        return "no date"
    evidence = reading.fields.get("evidence", [])
    sources = [source for name, source, _ in evidence if name == "date_published"]
    source = LAST_CHANGE if LAST_CHANGE in sources else next(iter(sources), None)
    return "date " + (f"from {one_line(source)} " if source else "") + format_time(reading.date_published)


def _teasers(explanation: Explanation) -> str:
    reading = explanation.reading
    if reading is None:
        return ""
    removed = ", ".join(
        f"{label} ×{count} ({one_line(rule).replace('_', ' ')}, {score / 100:.2f})"
        for label, rule, count, score in reading.removed
    )
    return f"−{reading.words_removed} words: {removed}{_elsewhere(reading)}" if removed else "nothing removed"


def _elsewhere(reading: ReadingFacts) -> str:
    """Name the first few articles that also have the lines which site memory removed."""
    others = sorted({article for line in reading.remembered for article in line.articles})
    named = ", ".join(short_id("a", article) for article in others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"; remembered from {named}{more}" if others else ""


def _compared(explanation: Explanation) -> str:
    """Say how the last comparison ended, and for a copy why it belongs to its story."""
    compared = [event for event in explanation.events if event.evidence]
    if not compared:
        return ""
    came = next((event for event in compared[:-1] if event.disposition == "copy"), None)
    return _ended(compared[-1]) + (f"; it came as a copy: {evidence_in_words(came.evidence or {})}" if came else "")


def _ended(event: EventFacts) -> str:
    evidence = event.evidence or {}
    if matched := evidence_in_words(evidence) if event.disposition == "copy" else "":
        return f"{matched} → {event.disposition}"
    rule = str(evidence.get("rule", ""))
    details = [f"{name} {value}" for name, value in evidence.items() if name in ("words", "headline")]
    article = evidence.get("article")
    to = f" ({short_id('a', article)})" if isinstance(article, int) else ""
    shared = f", {', '.join(details)}" if details else ""
    return f"{_rule_in_words(rule)}{to}{shared} → {event.disposition}"


def _rule_in_words(rule: str) -> str:
    return SamenessRule(rule).words if rule in list(SamenessRule) else rule.replace("_", " ")


def _stored(explanation: Explanation) -> str:
    stored, link = explanation.stored, explanation.link
    if stored is None:
        ended = f"{link.disposition}: {_reason(link.reason)}" if link and link.reason else "not yet"
        return f"no – {ended}"
    others = f" · story {short_id('s', stored.story_id)} with {stored.story_articles - 1} more"
    (first, since), *later = stored.revisions
    held = f" · revisions {', '.join(f'{n} ({format_time(time)})' for n, time in later)}" if later else ""
    flags = "".join(f" · {one_line(flag)}" for flag in stored.flags)
    article = f"article {short_id('a', stored.article_id)} revision {first} ({format_time(since)}){held}{flags}"
    return article + (others if stored.story_articles > 1 else "")


def _channel_state(channel: ChannelFacts) -> str:
    state = channel.disposition or "not looked at yet"
    reason = f" ({_reason(channel.reason)})" if channel.reason else ""
    links = f", {channel.links_last} links" if channel.links_last is not None and not channel.is_robots else ""
    name = "robots.txt " if channel.is_robots else ""
    return f"{name}{state}{reason} {format_time(channel.last_seen_at)}{links}"


def _reason(reason: str | None) -> str:
    return in_words(reason) if reason else "no reason recorded"
