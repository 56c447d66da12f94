"""The headline: the heading above the text, without the site's name and what is added for search engines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.class_hints import Hint
from crawler.extraction.jsonld import Claims
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Evidence
from news.text import ends_sentence, fold, weighted_length, word_overlap, word_similarity

SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb:<>-]+\s+|\s*\|\s*|\s*\u00bb\s*| :: ")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# "Headline-Outlet" in scripts without spaces there.
_UNSPACED = re.compile(
    rf"(.{{6,}}[{_CJK}！？。」』】）])\s*[-_－—|｜]+\s*((?=[^-_－—|｜]*[{_CJK}])[^-_－—|｜\s]{{2,12}})"
)
_DASH = re.compile(r"\s[-–—]\s")
_ARCHIVE = re.compile(r"blog archive?|archiv(?:es?|o)?", re.IGNORECASE)  # an old WordPress puts it before its titles
_ABOVE = 12  # blocks at the page's beginning that may be an unmarked headline
_MAX = 400  # characters; a longer text is a paragraph
_COLONS = tuple(f"{letter}: " for letter in "abcdefghijklmnopqrstuvwxyzäöüßéèñ")  # without a space: part of the heading
_MOST_HEADINGS, _MOST_MARKED = 60, 4  # a hostile page has any number
_TOPS = frozenset(("h1", "h2"))
_MENUS = frozenset(("nav", "li", "ol", "ul"))
_BOXES_AROUND = 4  # of a heading, that are checked
_PARAGRAPH = 160  # characters
_NEAR = 5  # blocks
_LINKED = 0.3  # a larger share of links makes a list
_FEWEST_WORDS = 3  # of a headline
_MOST_H2 = 3  # level two headings that are checked
_ASIDE = Hint.HIDDEN | Hint.NAVIGATION | Hint.COMMENT | Hint.RELATED | Hint.PROMO | Hint.AD
_AGREES = 0.42  # share of common words from which a heading and a claim belong to one article
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def find_headline(
    page: ParsedPage, claims: Claims, sites: frozenset[str]
) -> tuple[str | None, str | None, list[Evidence]]:
    """Return the headline, the text of its heading (maybe with a kicker), and every candidate as evidence.

    `sites` are folded names of the outlet. A headline that is too long is cut, and the evidence says so.
    """
    given = {
        "json-ld": claims.headline,
        "og": page.meta_value("og:title"),
        "twitter": page.meta_value("twitter:title"),
        "title": page.title,
    }
    plain = {source: _plain(text) for source, text in given.items() if text}
    bare = _bare(plain.values())
    titles = {source: without_site(text, sites, guess=text not in bare) for source, text in plain.items()}
    titles = {source: text for source, text in titles.items() if text and fold(text) not in sites}
    candidates = list(titles.values())
    visible = _visible(page, sites, candidates)
    if not visible and titles.keys() <= {"title"} and _is_section_name(titles.get("title", "")):
        visible = list(_above_prose(page))
    evidence = [Evidence("headline", source, text + _cut_mark(given[source])) for source, text in titles.items()]
    evidence += [Evidence("headline", "visible", text) for text in visible[:3]]
    chosen = _choose(visible, candidates) or _from_text(page)
    heading = unescape(chosen if visible else _as_line(page, chosen)) or None
    return heading and _without_kicker(heading, candidates), heading, evidence


def _cut_mark(given: str) -> str:
    return " (cut)" if len(given) > _MAX else ""


def _is_section_name(title: str) -> bool:
    """Return whether the title begins with no more than a few words, as the name of a section does."""
    return len(SEPARATOR.split(title, 1)[0].split()) <= _FEWEST_WORDS


def _plain(text: str) -> str:
    """Return *text* in one line, without invisible characters, at most as long as a headline may be."""
    text = " ".join(_INVISIBLE.sub("", text[: 4 * _MAX]).split())
    return text if len(text) <= _MAX else text[:_MAX].rpartition(" ")[0] or text[:_MAX]


def _bare(given: Iterable[str]) -> set[str]:
    """Return titles that are contained in a longer title, so free of the site's name."""
    titles = set(given)
    return {
        title
        for title in titles
        if any(len(other) > len(title) > 12 and (other.startswith(title) or other.endswith(title)) for other in titles)
    }


def _from_text(page: ParsedPage) -> str:
    """Return the headline of a page that marks none: a heading, a repeated line, or the first line above the prose."""
    above = [
        piece
        for piece in page.pieces[:_ABOVE]
        if weighted_length(piece.text) > 12 and len(piece.text) <= 250 and piece.link_share < 0.5
    ]
    keys = [fold(piece.text) for piece in above]
    for is_headline in (
        lambda piece: piece.tag in ("h1", "h2"),
        lambda piece: keys.count(fold(piece.text)) > 1,
        lambda piece: not ends_sentence(piece.text) or piece.text.endswith("?"),
    ):
        found = next((piece.text for piece in above if is_headline(piece)), "")
        if found:
            return found
    return ""


def _as_line(page: ParsedPage, title: str) -> str:
    """Return the line at the top that *title* ends with: "Old bridge closed" below "Outlet: Old bridge closed"."""
    folded = fold(title)
    for piece in page.pieces[:_ABOVE]:
        if len(piece.text) < len(title) and len(piece.text.split()) >= 3 and folded.endswith(fold(piece.text)):
            return piece.text
    return title


def site_names(page: ParsedPage, claims: Claims) -> frozenset[str]:
    """Return the folded names that the site gives itself, and its domain.

    What the page's title and a first-level heading say as a whole is the headline, whatever tag repeats it.
    """
    names = [
        page.meta_value("og:site_name"),
        page.meta_value("application-name"),
        page.meta_value("apple-mobile-web-app-title"),
        *claims.sites,
    ]
    domains = frozenset(map(fold, _domain_names(page.url)))
    given = frozenset(map(fold, names)) | domains
    title = fold(page.title)
    if title in given - domains and title not in fold(page.url):
        given -= {fold(piece.text) for piece in page.pieces if piece.tag == "h1"} & {title}
    return frozenset(name for name in given if len(name) > 2)


def _domain_names(url: str) -> tuple[str, ...]:
    """Return the domain of *url*, and its part before the country: "outlet.co.uk" and "outlet"."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    labels = host.split(".")
    own = [label for label in labels[:-1] if len(label) > 3] or labels[:1]
    return host, *own[-1:]


def without_site(title: str, sites: frozenset[str], *, guess: bool = True) -> str:
    """Return *title* without "- Outlet" at either end.

    That is a name of the site or, where *guess* allows it, a short part beside a long one.
    """
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


def _visible(page: ParsedPage, sites: frozenset[str], claims: Sequence[str]) -> list[str]:
    """Return level one headings and marked headlines; where none agrees with the *claims*, other headings that do.

    A level one heading in a menu is left out: there it is the last step of a breadcrumb trail, cut or made for search
    engines.
    """
    headings = [piece for piece in page.pieces if piece.tag in _TOPS][:_MOST_HEADINGS]
    tops = [piece for piece in headings if piece.tag == "h1" and not _in_menu(piece.box)]
    marked = [content or node.text() for content, node in islice(_marked(page), _MOST_MARKED)]
    aside = [piece.text for piece in tops if piece.box.effective_hints & _ASIDE]
    found = [*(piece.text for piece in tops if not piece.box.effective_hints & _ASIDE), *marked] or aside
    claimed = {fold(claim) for claim in claims}
    found += [text for text in aside if fold(text) in claimed]
    if not any(_agrees(text, claims) >= _AGREES for text in found):
        seconds = [piece.text for piece in headings if piece.tag == "h2" and not piece.box.effective_hints & _ASIDE]
        found += [text for text in aside if _agrees(text, claims) >= _AGREES]
        found += [text for text in seconds[:_MOST_H2] if fold(text) in claimed]
        parts = {fold(part) for claim in claims for part in _parts(claim)}
        found += [text for text in seconds if parts and fold(text) in parts]
    return [text for text in map(_plain, found) if 2 < len(text) < _MAX and fold(text) not in sites]


def _above_prose(page: ParsedPage) -> Iterator[str]:
    """Yield the first level two heading that a paragraph follows."""
    for n, piece in enumerate(page.pieces):
        if piece.tag != "h2" or piece.box.effective_hints & _ASIDE or len(piece.text.split()) < _FEWEST_WORDS:
            continue
        if any(map(_is_paragraph, page.pieces[n + 1 : n + _NEAR])):
            yield piece.text
            return


def _is_paragraph(piece: Piece) -> bool:
    return len(piece.text) > _PARAGRAPH and piece.link_share < _LINKED


def _parts(claim: str) -> Iterator[str]:
    """Yield the texts before and behind each separator in *claim* that are long enough for a headline."""
    for found in SEPARATOR.finditer(claim):
        yield from (
            part for part in (claim[: found.start()], claim[found.end() :]) if len(part.split()) >= _FEWEST_WORDS
        )


def _marked(page: ParsedPage) -> Iterator[tuple[str, LexborNode]]:
    return ((content, node) for name, content, node in page.props if name == "headline")


def _in_menu(box: Box) -> bool:
    around: Box | None = box
    for _ in range(_BOXES_AROUND):
        around = around.parent if around else None
        if around is not None and (around.tag in _MENUS or "breadcrumb" in around.names):
            return True
    return "breadcrumb" in box.names


def _choose(visible: Sequence[str], claims: Sequence[str]) -> str:
    """Return the visible heading that agrees most with the claims; the first claim when none agrees."""
    if not claims:
        return visible[0] if visible else ""
    claimed = {fold(claim) for claim in claims}
    same = next((text for text in visible if fold(text) in claimed), "")
    if same:
        return same
    agreed, best = max(((_agrees(text, claims), -n) for n, text in enumerate(visible)), default=(0.0, 0))
    if agreed >= _AGREES:
        return visible[-best]
    if len(set(visible)) == 1 and (len(visible[0].split()) >= 3 or fold(visible[0]).endswith(tuple(claimed))):
        return visible[0]
    return claims[0]


def _without_kicker(visible: str, claims: Sequence[str]) -> str:
    """Return the heading without a line above it or a section behind a bar, when a claim consists of the rest alone.

    "Colleges: Star keeps busy" is one heading. "Colleges Star keeps busy" has a line above it, and so it has when a
    claim puts "Colleges - " before the rest.
    """
    folded = fold(visible)
    for claim in claims:
        rest = fold(claim)
        if rest == folded and ":" in claim and ":" not in visible:
            return claim  # the page sets the line above apart only by its look
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


def _agrees(visible: str, claims: Sequence[str]) -> float:
    return max((_agreement(visible, claim) for claim in claims), default=0.0)


def _agreement(visible: str, claim: str) -> float:
    if visible == claim:
        return 1.0
    return max(
        word_similarity(visible, claim),
        0.9 * word_overlap(visible, claim) if min(len(visible), len(claim)) > 15 else 0.0,
    )
