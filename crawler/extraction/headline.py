"""The headline: what stands above the text, told from the site's name and from what is written for search engines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.jsonld import Claims
from crawler.extraction.markup import Hint
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Evidence
from news.text import ends_sentence, fold, weighted_length, word_overlap, word_similarity

SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb:<>-]+\s+|\s*\|\s*|\s*\u00bb\s*| :: ")
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# "Headline-Outlet" in scripts that set no spaces there.
_UNSPACED = re.compile(
    rf"(.{{6,}}[{_SIGNS}！？。」』】）])\s*[-_－—|｜]+\s*((?=[^-_－—|｜]*[{_SIGNS}])[^-_－—|｜\s]{{2,12}})"
)
_DASH = re.compile(r"\s[-–—]\s")
_ARCHIVE = re.compile(r"blog archive?|archiv(?:es?|o)?", re.IGNORECASE)  # as an old WordPress puts before its titles
_ABOVE = 12  # blocks at the page's beginning among which an unmarked headline is looked for
_MAX = 400  # characters; longer is a paragraph
_COLONS = tuple(f"{letter}: " for letter in "abcdefghijklmnopqrstuvwxyzäöüßéèñ")  # no space: part of the heading
_MOST_HEADINGS, _MOST_MARKED = 60, 4  # a hostile page has any number
_LONGEST_META = 10_000  # characters
_TOPS = frozenset(("h1", "h2"))
_MENUS = frozenset(("nav", "li", "ol", "ul"))
_AROUND = 4  # boxes around a heading looked at
_PARAGRAPH = 160  # characters
_NEAR = 5  # blocks
_MOSTLY = 0.3  # more of it linked is a list
_FEW = 3  # words of a headline at least
_SECOND = 3  # level two headings looked at
_ASIDE = Hint.HIDDEN | Hint.NAVIGATION | Hint.COMMENT | Hint.RELATED | Hint.PROMO | Hint.AD
_AGREES = 0.42  # share of words in common from which a heading and a claim mean one article
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def meta_value(page: ParsedPage, *names: str) -> str:
    """The first meta content under one of *names*, in their order."""
    for name in names:
        content = page.said.get(name)
        if content:
            return " ".join(content[:_LONGEST_META].split())
    return ""


def find_headline(
    page: ParsedPage, claims: Claims, sites: frozenset[str]
) -> tuple[str | None, str | None, list[Evidence]]:
    """The headline, the text of the heading that shows it (with a kicker, maybe), and every candidate as evidence.

    `sites` are folded names of the outlet. A longer one than fits is cut, and the evidence says so.
    """
    given = {
        "json-ld": claims.headline,
        "og": meta_value(page, "og:title"),
        "twitter": meta_value(page, "twitter:title"),
        "title": page.title,
    }
    plain = {source: _plain(text) for source, text in given.items() if text}
    bare = _bare(plain.values())
    said = {source: without_site(text, sites, guess=text not in bare) for source, text in plain.items()}
    said = {source: text for source, text in said.items() if text and fold(text) not in sites}
    visible = _visible(page, sites, list(said.values()))
    if not visible and said.keys() <= {"title"} and len(SEPARATOR.split(said.get("title", ""), 1)[0].split()) <= _FEW:
        visible = list(_above_prose(page))  # the title is a word or two: that of the section
    evidence = [Evidence("headline", source, text + _how_cut(given[source])) for source, text in said.items()]
    evidence += [Evidence("headline", "visible", text) for text in visible[:3]]
    chosen = _choose(visible, list(said.values())) or _from_text(page)
    shown = unescape(chosen if visible else _as_line(page, chosen)) or None
    return shown and _without_kicker(shown, list(said.values())), shown, evidence


def _how_cut(given: str) -> str:
    return " (cut)" if len(given) > _MAX else ""


def _plain(text: str) -> str:
    """*text* in one line, without characters that nobody sees, at most as long as a headline may be."""
    text = " ".join(_UNSEEN.sub("", text[: 4 * _MAX]).split())
    return text if len(text) <= _MAX else text[:_MAX].rpartition(" ")[0] or text[:_MAX]


def _bare(given: Iterable[str]) -> set[str]:
    """Those of the titles that another one is with something before or behind: they hold no site's name any more."""
    titles = set(given)
    return {
        title
        for title in titles
        if any(len(other) > len(title) > 12 and (other.startswith(title) or other.endswith(title)) for other in titles)
    }


def _from_text(page: ParsedPage) -> str:
    """The headline of a page that marks none: a heading, a line that comes twice, or the first line above the prose."""
    above = [
        piece
        for piece in page.pieces[:_ABOVE]
        if weighted_length(piece.text) > 12 and len(piece.text) <= 250 and piece.link_share < 0.5
    ]
    keys = [fold(piece.text) for piece in above]
    for wanted in (
        lambda piece: piece.tag in ("h1", "h2"),
        lambda piece: keys.count(fold(piece.text)) > 1,
        lambda piece: not ends_sentence(piece.text) or piece.text.endswith("?"),
    ):
        found = next((piece.text for piece in above if wanted(piece)), "")
        if found:
            return found
    return ""


def _as_line(page: ParsedPage, title: str) -> str:
    """The line at the top that *title* ends with: "Old bridge closed" below "Outlet: Old bridge closed"."""
    folded = fold(title)
    for piece in page.pieces[:_ABOVE]:
        if len(piece.text) < len(title) and len(piece.text.split()) >= 3 and folded.endswith(fold(piece.text)):
            return piece.text
    return title


def site_names(page: ParsedPage, claims: Claims, url: str = "") -> frozenset[str]:
    """Folded names that the site gives itself, its domain among them."""
    names = [
        meta_value(page, "og:site_name"),
        meta_value(page, "application-name"),
        meta_value(page, "apple-mobile-web-app-title"),
        *claims.sites,
        *_labels(url),
    ]
    return frozenset(fold(name) for name in names if len(fold(name)) > 2)


def _labels(url: str) -> tuple[str, ...]:
    """The domain of *url*, and what stands in it before the country: "outlet.co.uk" and "outlet"."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    labels = host.split(".")
    own = [label for label in labels[:-1] if len(label) > 3] or labels[:1]
    return host, *own[-1:]


def without_site(title: str, sites: frozenset[str], *, guess: bool = True) -> str:
    """*title* without "- Outlet" at either end: a known name of the site, or, where guessing is allowed, something
    short beside a long rest."""
    title = " ".join(title.split())
    for _ in range(3):
        unspaced = _UNSPACED.fullmatch(title) if guess else None
        if unspaced:
            title = unspaced[1]
            continue
        cuts = [(found.start(), found.end()) for found in SEPARATOR.finditer(title)]
        if not cuts:
            return title
        start, end = cuts[-1]
        head, tail = title[:start].strip(), title[end:].strip()
        if _names_site(tail, sites) or (guess and _is_short(tail, head)):
            title = head
            continue
        first, rest = title[: cuts[0][0]].strip(), title[cuts[0][1] :].strip()
        if rest and (fold(first) in sites or _ARCHIVE.fullmatch(first)):
            title = rest
            continue
        return title
    return title


def _names_site(tail: str, sites: frozenset[str]) -> bool:
    folded = fold(tail)
    if folded in sites or not 2 < len(folded) < 60:
        return folded in sites
    return any(len(site) > 3 and (site in folded or folded in site) for site in sites)


def _is_short(tail: str, head: str) -> bool:
    return len(tail.split()) <= 4 and len(tail) < 35 and len(head.split()) >= 4 and len(head) > 1.5 * len(tail)


def _visible(page: ParsedPage, sites: frozenset[str], said: Sequence[str]) -> list[str]:
    """Level one headings, what is marked as the headline, and where none agrees with what is said, what does elsewhere.

    A level one heading in a menu is left out: there it is the last step of a trail, cut or made for search engines.
    """
    headings = [piece for piece in page.pieces if piece.tag in _TOPS][:_MOST_HEADINGS]
    tops = [piece for piece in headings if piece.tag == "h1" and not _in_menu(piece.box)]
    marked = [content or node.text() for content, node in islice(_marked(page), _MOST_MARKED)]
    aside = [piece.text for piece in tops if piece.box.settled & _ASIDE]
    found = [*(piece.text for piece in tops if not piece.box.settled & _ASIDE), *marked] or aside
    claimed = {fold(claim) for claim in said}
    found += [text for text in aside if fold(text) in claimed]
    if not any(_agrees(text, said) >= _AGREES for text in found):
        seconds = [piece.text for piece in headings if piece.tag == "h2" and not piece.box.settled & _ASIDE]
        found += [text for text in aside if _agrees(text, said) >= _AGREES]
        found += [text for text in seconds[:_SECOND] if fold(text) in claimed]
        parts = {fold(part) for claim in said for part in _parts(claim)}
        found += [text for text in seconds if parts and fold(text) in parts]
    return [text for text in map(_plain, found) if 2 < len(text) < _MAX and fold(text) not in sites]


def _above_prose(page: ParsedPage) -> Iterator[str]:
    """The first level two heading that a paragraph follows."""
    for n, piece in enumerate(page.pieces):
        if piece.tag != "h2" or piece.box.settled & _ASIDE or len(piece.text.split()) < _FEW:
            continue
        if any(map(_is_paragraph, page.pieces[n + 1 : n + _NEAR])):
            yield piece.text
            return


def _is_paragraph(piece: Piece) -> bool:
    return len(piece.text) > _PARAGRAPH and piece.link_share < _MOSTLY


def _parts(claim: str) -> Iterator[str]:
    """What stands before and behind each separator in *claim*, when it is long enough to be a headline."""
    for found in SEPARATOR.finditer(claim):
        yield from (part for part in (claim[: found.start()], claim[found.end() :]) if len(part.split()) >= _FEW)


def _marked(page: ParsedPage) -> Iterator[tuple[str, LexborNode]]:
    return ((content, node) for name, content, node in page.props if name == "headline")


def _in_menu(box: Box) -> bool:
    around: Box | None = box
    for _ in range(_AROUND):
        around = around.parent if around else None
        if around is not None and (around.tag in _MENUS or "breadcrumb" in around.names):
            return True
    return "breadcrumb" in box.names


def _choose(visible: Sequence[str], said: Sequence[str]) -> str:
    """The visible heading that what is said agrees with most; what is said when none agrees."""
    if not said:
        return visible[0] if visible else ""
    claimed = {fold(claim) for claim in said}
    same = next((text for text in visible if fold(text) in claimed), "")
    if same:
        return same
    agreed, best = max(((_agrees(text, said), -n) for n, text in enumerate(visible)), default=(0.0, 0))
    if agreed >= _AGREES:
        return visible[-best]
    if len(set(visible)) == 1 and (len(visible[0].split()) >= 3 or fold(visible[0]).endswith(tuple(claimed))):
        return visible[0]
    return said[0]


def _without_kicker(visible: str, said: Sequence[str]) -> str:
    """The heading without the line above it, or the section behind a bar, when a claim has the rest alone.

    "Colleges: Star keeps busy" is one heading, "Colleges Star keeps busy" has a line above it; so it has when a claim
    sets "Colleges - " before the rest.
    """
    folded = fold(visible)
    for claim in said:
        rest = fold(claim)
        if rest == folded and ":" in claim and ":" not in visible:
            return claim  # a line above that the page sets apart by its look alone
        if rest == folded and " - " in claim and not _DASH.search(visible):
            above, title = claim.split(" - ", 1)
            return title if len(title.split()) > len(above.split()) else visible
        if len(claim.split()) < 3 or rest == folded:
            continue
        if folded.endswith(rest) and not visible[: -len(claim)].endswith(_COLONS):
            return claim
        if folded.startswith(rest) and "|" in visible[len(claim) :]:
            return claim
    return visible


def _agrees(visible: str, said: Sequence[str]) -> float:
    return max((_agreement(visible, claim) for claim in said), default=0.0)


def _agreement(visible: str, claim: str) -> float:
    if visible == claim:
        return 1.0
    return max(
        word_similarity(visible, claim),
        0.9 * word_overlap(visible, claim) if min(len(visible), len(claim)) > 15 else 0.0,
    )
