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
REMOVED = """
select a.url, b.label, b.text
from blocks b
join revisions r on r.reading_id = b.reading_id and r.number = 1
join articles a on a.id = r.article_id
order by a.url, b.position
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One claim of the tour; it holds if `found` equals `expected`."""

    name: str
    expected: Any
    found: Any

    @property
    def ok(self) -> bool:
        return bool(self.expected == self.found)


def kept_pages(newsstand: Newsstand) -> Iterator[tuple[PretendOutlet, PretendPage]]:
    """Yield the pages whose articles must be in the archive, one for each article."""
    for outlet in newsstand.outlets:
        seen: set[str] = set()
        for page in outlet.pages:
            if page.status == 200 and not page.forbidden and page.story not in seen:
                seen.add(page.story)
                yield outlet, page


def ledger_checks(crawl: str, counts: Mapping[Disposition, int], records: list[dict[str, Any]]) -> Iterator[Check]:
    """Yield whether the links of a crawl ended as expected, and whether its books balance."""
    found = Counter(record["disposition"] for record in records if "disposition" in record)
    yield Check(f"{crawl}: how its links ended", _plain(counts), _plain(found))
    summaries = [record for record in records if record.get("type") == "summary"]
    yield Check(f"{crawl}: its books balance", True, all(record["balanced"] for record in summaries))


def _plain(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(kind): counts[kind] for kind in Disposition if counts.get(kind)}


def archive_checks(site: Site, archive: Connection) -> Iterator[Check]:
    """Yield whether each article, revision, story and address is archived as it was published."""
    articles = {row["url"]: row for row in rows(archive, "select * from v_articles")}
    pages = list(kept_pages(site.newsstand))
    urls = [site.url(outlet, page) for outlet, page in pages]
    yield Check("articles kept", sorted(urls), sorted(articles))
    yield Check("their text, and nothing around it", *_pair(_expected_texts(site), _found_texts(articles)))
    yield Check("their revisions", *_pair(_expected_revisions(site), {u: a["revisions"] for u, a in articles.items()}))
    yield Check("texts that several outlets carry", _expected_copies(site), _found_copies(articles))
    yield Check("teasers and promos kept apart", {}, _missing(site, removed_blocks(archive)))
    yield from _coverage_checks(site, archive)
    yield from _address_checks(site, archive)


def removed_blocks(archive: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return label and text of the removed blocks by article URL."""
    blocks: dict[str, list[dict[str, Any]]] = {}
    for row in rows(archive, REMOVED):
        blocks.setdefault(row["url"], []).append(row)
    return blocks


def _missing(site: Site, removed: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Return by article URL the teasers and promos of the page that were not removed."""
    missing = {}
    for outlet, page in kept_pages(site.newsstand):
        url = site.url(outlet, page)
        texts = "\n".join(block["text"] for block in removed.get(url, []))
        published = [*site.printed(outlet, page, page.since).teasers, outlet.promo]
        missing[url] = [text for text in published if text not in texts]
    return {url: left for url, left in missing.items() if left}


def _pair(expected: dict[str, Any], found: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both without the entries that agree, so that a failed check shows only the difference."""
    names = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
    return {n: expected.get(n) for n in names}, {n: found.get(n) for n in names}


def _expected_texts(site: Site) -> dict[str, tuple[str, str, str]]:
    texts = {}
    for outlet, page in kept_pages(site.newsstand):
        printed = page.text(site.visit)
        texts[site.url(outlet, page)] = (printed.headline, printed.lead, "\n\n".join(printed.paragraphs))
    return texts


def _found_texts(articles: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str, str]]:
    return {url: (row["headline"], row["lead"], row["body"]) for url, row in articles.items()}


def _expected_revisions(site: Site) -> dict[str, int]:
    return {site.url(o, page): 1 + (page.first != page.later) for o, page in kept_pages(site.newsstand)}


def _expected_copies(site: Site) -> list[list[str]]:
    carriers: dict[str, list[str]] = {}
    for outlet, page in kept_pages(site.newsstand):
        carriers.setdefault(page.story, []).append(site.url(outlet, page))
    return sorted(sorted(urls) for urls in carriers.values() if len(urls) > 1)


def _found_copies(articles: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    stories: dict[str, list[str]] = {}
    for url, row in articles.items():
        stories.setdefault(row["story_id"], []).append(url)
    return sorted(sorted(urls) for urls in stories.values() if len(urls) > 1)


def _coverage_checks(site: Site, archive: Connection) -> Iterator[Check]:
    """Check coverage of a front page that lost its links: visited with no links differs from not visited."""
    for outlet in site.newsstand.outlets:
        if outlet.broken(site.visit):
            query = "select looked, links from v_coverage where outlet = :name order by started_at limit 2"
            found = [(row["looked"], row["links"]) for row in rows(archive, query, name=outlet.name)]
            yield Check(f"what {outlet.title} lists at each visit", [(True, len(outlet.pages)), (True, 0)], found)


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


def rows(archive: Connection, query: str, **values: Any) -> list[dict[str, Any]]:
    """Return the rows of *query* as mappings."""
    return [dict(row) for row in archive.execute(text(query), values).mappings()]
