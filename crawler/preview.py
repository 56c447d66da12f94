"""What a crawl would fetch, without fetching an article and without writing anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from archive.crawl_summary import failed_addresses
from archive.home import Home
from archive.models import links as link_table
from crawler.channels.kind import Document, announced_by
from crawler.fetch import fetch
from crawler.outlets.survey import survey
from crawler.runner import choose_targets
from crawler.targets import CrawlOptions, Target, TargetKind
from news.dispositions import Candidate, newest_first, refusal
from news.outlets import FoundLink
from news.reasons import Reason
from news.urls import canonicalise, page_key


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """A link that a crawl would meet. `reason`: why it would not be fetched; `seen_before`: it is in the frontier."""

    outlet: str
    url: str
    reason: str | None = None
    seen_before: bool = False


def preview(home: Home, engine: Engine, targets: Sequence[str], options: CrawlOptions) -> list[PlannedLink]:
    """Return the links of all targets, per target in the order in which they would be fetched.

    Raises what `crawl` raises before it fetches, and OutletBlocked when a home page cannot be fetched.
    """
    chosen, contact = choose_targets(home, engine, targets, options)
    if options.retry is not None:
        with engine.connect() as conn:
            return [
                PlannedLink(chosen[0].outlet.name, url, None, True) for url in failed_addresses(conn, options.retry)
            ]
    now = datetime.now(UTC)
    return [plan for target in chosen for plan in _plan(home, engine, target, contact, options, now)]


def _plan(
    home: Home, engine: Engine, target: Target, contact: str | None, options: CrawlOptions, now: datetime
) -> list[PlannedLink]:
    announced = _found(home, target, contact, options, now)
    by_key = {key: link for link in announced if (key := page_key(link.url)) is not None}
    in_frontier = _in_frontier(engine, list(by_key))
    links = [list(by_key.values())[number] for number in newest_first(link.announced_at for link in by_key.values())]
    since = now - options.since if options.since else None
    plans, room = [], options.limit or target.outlet.links_per_crawl
    for link in links:
        candidate = Candidate(canonicalise(link.url), link.announced_at)
        reason = refusal(candidate, target.outlet, since) if target.kind is TargetKind.OUTLET else None
        if reason is None:
            reason, room = (None, room - 1) if room > 0 else (Reason.LIMIT, 0)
        plans.append(PlannedLink(target.outlet.name, link.url, reason, page_key(link.url) in in_frontier))
    return plans


def _found(
    home: Home, target: Target, contact: str | None, options: CrawlOptions, now: datetime
) -> Sequence[FoundLink]:
    if target.kind is TargetKind.OUTLET:
        return survey(home, target.outlet, contact, now).links
    [page] = fetch(home, [target.address], contact=contact, delay=options.delay)
    document = Document(page.body, page.final_url, page.content_type)
    announced = announced_by(document, target.outlet) if page.status == 200 else None
    return announced if announced is not None else [FoundLink(target.address)]


def _in_frontier(engine: Engine, keys: list[int]) -> set[int]:
    with engine.connect() as conn:
        return set(conn.scalars(select(link_table.c.url_key).where(link_table.c.url_key.in_(keys))))
