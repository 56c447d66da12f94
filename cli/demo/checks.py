"""Checks of the archive after the tour's two crawls, by the public views."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from cli.demo.newsstand import Newsstand, PretendOutlet, PretendPage
from cli.demo.site import Site
from news.dispositions import Disposition

# Blocks removed at the first reading of an article. No public view has them; `newskeep show --removed` shows them.
_REMOVED = """
select a.url, b.label, b.text
from blocks b
join revisions r on r.reading_id = b.reading_id and r.number = 1
join articles a on a.id = r.article_id
order by a.url, b.position
"""
_LOOKS = "select looked, links from v_coverage where outlet = :name order by started_at limit 2"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One claim of the tour; it holds if `found` equals `expected`."""

    name: str
    expected: Any
    found: Any

    @property
    def ok(self) -> bool:
        return bool(self.expected == self.found)


def ledger_checks(crawl: str, counts: Mapping[Disposition, int], records: list[dict[str, Any]]) -> Iterator[Check]:
    """Yield whether the links of a crawl ended as expected, and whether its books balance."""
    found = Counter(record["disposition"] for record in records if "disposition" in record)
    yield Check(f"{crawl}: how its links ended", _in_order(counts), _in_order(found))
    summaries = [record for record in records if record.get("type") == "summary"]
    yield Check(f"{crawl}: its books balance", True, all(record["balanced"] for record in summaries))


def archive_checks(site: Site, archive: Connection) -> Iterator[Check]:
    """Yield whether each article, revision, story and address is archived as it was published."""
    articles = {row["url"]: row for row in rows(archive, "select * from v_articles")}
    pages = {site.url(outlet, page): page for outlet, page in _kept_pages(site.newsstand)}
    yield Check("articles kept", sorted(pages), sorted(articles))
    texts = {url: page.text(site.visit) for url, page in pages.items()}
    yield _each(
        "their text, and nothing around it",
        {url: (text.headline, text.lead, "\n\n".join(text.paragraphs)) for url, text in texts.items()},
        {url: (row["headline"], row["lead"], row["body"]) for url, row in articles.items()},
    )
    revisions = {url: 1 + (page.first != page.later) for url, page in pages.items()}
    yield _each("their revisions", revisions, {url: row["revisions"] for url, row in articles.items()})
    stories = {url: row["story_id"] for url, row in articles.items()}
    copies = _sharing({url: page.story for url, page in pages.items()})
    yield Check("texts that several outlets carry", copies, _sharing(stories))
    yield Check("teasers and promos kept apart", {}, _not_removed(site, removed_blocks(archive)))
    yield from _coverage_checks(site, archive)
    yield from _address_checks(site, archive)


def removed_blocks(archive: Connection) -> dict[str, list[Record]]:
    """Return label and text of the removed blocks by article URL."""
    blocks: dict[str, list[Record]] = {}
    for row in rows(archive, _REMOVED):
        blocks.setdefault(row["url"], []).append(row)
    return blocks


def rows(archive: Connection, query: str, **values: Any) -> list[Record]:
    """Return the rows of *query* as mappings."""
    return [dict(row) for row in archive.execute(text(query), values).mappings()]


def _kept_pages(newsstand: Newsstand) -> Iterator[tuple[PretendOutlet, PretendPage]]:
    """Yield the pages whose articles must be in the archive, one for each article."""
    for outlet in newsstand.outlets:
        first = {page.story: page for page in reversed(outlet.pages) if page.status == 200 and not page.forbidden}
        yield from ((outlet, page) for page in outlet.pages if first.get(page.story) is page)


def _in_order(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(kind): counts[kind] for kind in Disposition if counts.get(kind)}


def _each(name: str, expected: Record, found: Record) -> Check:
    """Return the check of two mappings, reduced to the entries that differ."""
    urls = [url for url in expected.keys() | found.keys() if expected.get(url) != found.get(url)]
    return Check(name, {url: expected.get(url) for url in urls}, {url: found.get(url) for url in urls})


def _sharing(story_of: Mapping[str, str]) -> list[list[str]]:
    """Return the URLs that share a story, for each story with several."""
    stories: dict[str, list[str]] = {}
    for url, story in sorted(story_of.items()):
        stories.setdefault(story, []).append(url)
    return sorted(urls for urls in stories.values() if len(urls) > 1)


def _not_removed(site: Site, removed: Mapping[str, list[Record]]) -> dict[str, list[str]]:
    """Return by article URL the teasers and promos of the page that were not removed."""
    missing = {}
    for outlet, page in _kept_pages(site.newsstand):
        url = site.url(outlet, page)
        texts = "\n".join(block["text"] for block in removed.get(url, []))
        published = [*site.printed(outlet, page, page.since).teasers, outlet.promo]
        if absent := [text for text in published if text not in texts]:
            missing[url] = absent
    return missing


def _coverage_checks(site: Site, archive: Connection) -> Iterator[Check]:
    """Check coverage of a front page that lost its links: visited with no links differs from not visited."""
    for outlet in site.newsstand.outlets:
        if outlet.broken(site.visit):
            looks = [(row["looked"], row["links"]) for row in rows(archive, _LOOKS, name=outlet.name)]
            yield Check(f"what {outlet.title} lists at each visit", [(True, len(outlet.pages)), (True, 0)], looks)


def _address_checks(site: Site, archive: Connection) -> Iterator[Check]:
    links = {row["url"]: row for row in rows(archive, "select * from v_links where kind = 'article'")}
    for outlet in site.newsstand.outlets:
        for page in outlet.pages:
            link = links.get(site.url(outlet, page), {})
            if page.forbidden or page.status != 200:
                expected = Disposition.SKIPPED if page.forbidden else Disposition.FAILED
                found = (link.get("disposition"), bool(link.get("reason")))
                yield Check(f"why {site.url(outlet, page)} is not here", (expected, True), found)
        for old, new in outlet.moved():
            ids = [links.get(site.url(outlet, page), {}).get("article_id") for page in (old, new)]
            yield Check(f"{site.url(outlet, new)} is the article we had", True, ids[0] is not None and ids[0] == ids[1])
