"""The headline: what stands above the text, told from the site's name and from what is written for search engines."""

import re
from collections.abc import Iterable, Sequence
from html import unescape

from crawler.extraction.blocks import Page
from crawler.extraction.hints import Hint
from crawler.extraction.structured import Claims
from crawler.extraction.text import ends_sentence, key, likeness, overlap
from news.article import Evidence

SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb:<>-]+\s+|\s*\|\s*|\s*\u00bb\s*| :: ")
_ABOVE = 12  # blocks at the page's beginning among which an unmarked headline is looked for
_MAX = 400  # characters; longer is a paragraph


def meta_value(page: Page, *names: str) -> str:
    """The first meta content under one of *names*, in their order."""
    for name in names:
        for found, content in page.meta:
            if found == name and content:
                return " ".join(content.split())
    return ""


def find_headline(page: Page, claims: Claims) -> tuple[str | None, list[Evidence]]:
    """The headline, and every candidate as evidence."""
    sites = site_names(page, claims)
    said = {
        "json-ld": claims.headline,
        "og": meta_value(page, "og:title"),
        "twitter": meta_value(page, "twitter:title"),
        "title": page.title,
    }
    said = {source: without_site(text, sites) for source, text in said.items()}
    said = {source: text for source, text in said.items() if text and key(text) not in sites}
    visible = list(_visible(page, sites))
    evidence = [
        Evidence("headline", source, text[:_MAX])
        for source, text in (*said.items(), *(("visible", v) for v in visible[:3]))
    ]
    return unescape(_choose(visible, list(said.values())) or _from_text(page)) or None, evidence


def _from_text(page: Page) -> str:
    """The headline of a page that marks none: a heading, a line that comes twice, or the first line above the prose."""
    above = [piece for piece in page.pieces[:_ABOVE] if 12 < len(piece.text) <= 250 and piece.link_share < 0.5]
    keys = [key(piece.text) for piece in above]
    for wanted in (
        lambda piece: piece.tag in ("h1", "h2"),
        lambda piece: keys.count(key(piece.text)) > 1,
        lambda piece: not ends_sentence(piece.text) or piece.text.endswith("?"),
    ):
        found = next((piece.text for piece in above if wanted(piece)), "")
        if found:
            return found
    return ""


def site_names(page: Page, claims: Claims) -> frozenset[str]:
    """Folded names that the site gives itself."""
    names = [
        meta_value(page, "og:site_name"),
        meta_value(page, "application-name"),
        meta_value(page, "apple-mobile-web-app-title"),
        *claims.sites,
    ]
    return frozenset(key(name) for name in names if len(key(name)) > 2)


def without_site(title: str, sites: frozenset[str]) -> str:
    """*title* without "- Outlet" at either end: a known name of the site, or something short beside a long rest."""
    title = " ".join(title.split())
    for _ in range(3):
        cuts = [(found.start(), found.end()) for found in SEPARATOR.finditer(title)]
        if not cuts:
            return title
        start, end = cuts[-1]
        head, tail = title[:start].strip(), title[end:].strip()
        if key(tail) in sites or _looks_like_site(tail, head, sites):
            title = head
            continue
        first, rest = title[: cuts[0][0]].strip(), title[cuts[0][1] :].strip()
        if key(first) in sites and rest:
            title = rest
            continue
        return title
    return title


def _looks_like_site(tail: str, head: str, sites: frozenset[str]) -> bool:
    if any(len(site) > 3 and (site in key(tail) or key(tail) in site) for site in sites) and len(tail) < 60:
        return True
    return len(tail.split()) <= 4 and len(tail) < 35 and len(head.split()) >= 4 and len(head) > 1.5 * len(tail)


def _visible(page: Page, sites: frozenset[str]) -> Iterable[str]:
    for piece in page.pieces:
        if (
            piece.tag == "h1"
            and 2 < len(piece.text) <= _MAX
            and key(piece.text) not in sites
            and not piece.box.settled & Hint.HIDDEN
        ):
            yield piece.text
    for name, content, node in page.props:
        if name == "headline":
            text = " ".join((content or node.text()).split())
            if 2 < len(text) <= _MAX:
                yield text


def _choose(visible: Sequence[str], said: Sequence[str]) -> str:
    """The visible heading that what is said agrees with most; what is said when none agrees."""
    if not said:
        return visible[0] if visible else ""
    claimed = {key(claim) for claim in said}
    same = next((text for text in visible if key(text) in claimed), "")
    if same:
        return same
    best = max(visible, key=lambda text: max(_agreement(text, claim) for claim in said), default="")
    if best and max(_agreement(best, claim) for claim in said) >= 0.5:
        return best
    if len(set(visible)) == 1 and len(visible[0].split()) >= 4:
        return visible[0]
    return said[0]


def _agreement(visible: str, claim: str) -> float:
    return max(likeness(visible, claim), 0.9 * overlap(visible, claim) if min(len(visible), len(claim)) > 15 else 0.0)
