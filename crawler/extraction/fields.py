"""The fields beside the text: section, tags, leading picture, declared canonical address."""

import re
from urllib.parse import urljoin, urlsplit

from crawler.extraction.headline import meta_value
from crawler.extraction.jsonld import Claims
from crawler.extraction.markup import Hint
from crawler.extraction.walk import ParsedPage, Piece
from news.article import Image
from news.text import ends_sentence, fold

CREDIT = re.compile(
    r"(?:©|\(c\)|(?:photo|image|picture|foto|bild|fotografía|imagen|fot\.|zdjęcie|photograph|crédit|credit|quelle|source)s?(?:\s?(?:credit|by|von|:|/))+)\s*(.{2,100})$|\(([^()]{2,60}/[^()]{2,60})\)\s*$",
    re.IGNORECASE,
)
_MAKER_AND_AGENCY = re.compile(r"[^/,;:!?]{3,40}\s?/\s?[^/,;:!?]{2,40}")  # "A. Smith/Agency"
_LONGEST_CREDIT, _WORDS_OF_CREDIT = 100, 10  # characters, words
_NOWHERE = re.compile(  # the site itself, or what was filed nowhere
    r"all|allgemein|uncategori[sz]ed|non classé|sin categor[ií]a|(?:senza|sem) categoria|geen categorie|bez kategorii"
    r"|home\W*|startseite|accueil|in[ií]cio|homepage|start|index|news|nachrichten|hjem|etusivu|anasayfa|.*\bnavigation",
    re.IGNORECASE,
)
_MOST_TAGS = 30
_NEAR = 15  # blocks below the headline
# Several tags in one; "Business, Finance, & Economics" is one.
_COMMAS = re.compile(r"[^,]+(?:,(?!\s*(?:&|and\b|und\b|et\b|y\b))[^,]+){2,}")
_NAMED = re.compile(r"^(?:nlp )?(?:category|topic|subject|tag|keyword|section|subsection)\s?:\s?", re.IGNORECASE)
# Numbers, identifiers, paths and settings: what systems tell each other.
_FOR_MACHINES = re.compile(
    r"^\d{5,}$|^[0-9a-f]{8}-[0-9a-f]{4}-|^[/_]|^\S*_\S*$|^[\w-]+[:/]\S*\d{4,}$"
    r"|^(?:(?:page|article|content|display|nlp) ?-?\w+(?: tokens)?|type|day|time|wc|partner|language|locale|sitegroup"
    r"|adnode|hasproduct|shorttitle)\s?:",
    re.IGNORECASE,
)


def find_section(page: ParsedPage, claims: Claims, sites: frozenset[str], headline: str = "") -> str | None:
    """The section as the page names it, else the first step of its trail; the site's own name is none."""
    named = claims.section or meta_value(
        page,
        "article:section",
        "section",
        "parsely-section",
        "sailthru.section",
        "cxenseparse:section",
        "category",
        "og:article:section",
    )
    filed = (text.strip(" ›") for rel, text in page.terms if "category" in rel)  # as WordPress and its like link it
    steps = (step for step in (*claims.trail, *filed) if not _NOWHERE.fullmatch(step) and not _names_one(step, sites))
    candidates = (section.strip(" -–|/>") for section in (named.split(",")[0], *steps))
    return next((section[:100] for section in candidates if _is_section(section, sites, headline)), None)


def _names_one(step: str, sites: frozenset[str]) -> bool:
    return any(len(site) > 3 and site in fold(step) for site in sites)


def _is_section(section: str, sites: frozenset[str], headline: str) -> bool:
    if not any(c.isalpha() for c in section) or section.startswith("http") or len(section) > 100:
        return False
    return fold(section) not in sites and fold(section) != fold(headline)


def find_tags(page: ParsedPage, claims: Claims) -> tuple[str, ...]:
    """Key words, each once, in the page's order."""
    said = list(claims.keywords) or [content for name, content in page.meta if name == "article:tag"]
    if not said:
        said = meta_value(page, "news_keywords", "keywords", "parsely-tags", "sailthru.tags").split(",")
    if not any(map(fold, said)):
        said = [text.strip(" #") for rel, text in page.terms if rel.split() == ["tag"]]
    tags: dict[str, str] = {}
    parts = (part for text in said for part in (text.split(",") if _COMMAS.fullmatch(text) else [text]))
    for tag in (_NAMED.sub("", " ".join(part.split())) for part in parts):
        if fold(tag) and len(tag) <= 100 and not _FOR_MACHINES.search(tag):
            tags.setdefault(fold(tag), tag)
    return tuple(tags.values())[:_MOST_TAGS]


def find_image(page: ParsedPage, claims: Claims, url: str, headline_at: int) -> Image | None:
    """The leading picture: what the page names for sharing, or shows first in a figure, with the caption that stands
    nearest to the headline."""
    named = meta_value(page, "og:image:secure_url", "og:image", "twitter:image", "twitter:image:src") or claims.image
    source = absolute(named, url) or absolute(_first_shown(page, headline_at), url)
    if source is None:
        return None
    near = [p for p in page.pieces[headline_at : headline_at + _NEAR] if _is_caption(p)]
    caption = next((p.text for p in near if len(p.text) > 10 and not _is_credit(p)), claims.image_caption)
    beside = next((p.text for p in near if _is_credit(p)), "")
    return Image(
        source,
        caption[:1000] or None,
        (_credit_in(caption) or _bare_credit(beside) or claims.image_credit)[:200] or None,
    )


def _first_shown(page: ParsedPage, headline_at: int) -> str:
    """The address of the first picture in a figure near the headline; scripts load some from another attribute."""
    for position, box, node in page.pictures:
        around = box.tag == "figure" or (box.parent is not None and box.parent.tag == "figure")
        if around and headline_at <= position <= headline_at + _NEAR:
            sources = (node.attributes.get(name) or "" for name in ("data-src", "src"))
            return next((source for source in sources if source and not source.startswith("data:")), "")
    return ""


def _credit_in(caption: str) -> str:
    """The credit at the caption's end; "PHOTO: A bridge in May, seen from the town." begins with a label."""
    found = CREDIT.search(caption)
    if found is None or (found.start() == 0 and caption.endswith(".") and len(caption.split()) > _WORDS_OF_CREDIT):
        return ""
    return _closed(found[1] or found[2])


def _bare_credit(text: str) -> str:
    found = CREDIT.match(text)
    return _closed(found[1] or found[2]) if found else text


def _is_credit(piece: Piece) -> bool:
    """True for a line that names who made the picture and nothing else."""
    text = piece.text
    if len(text) > _LONGEST_CREDIT or ends_sentence(text):
        return False
    return "credit" in piece.box.names.lower() or bool(CREDIT.match(text)) or bool(_MAKER_AND_AGENCY.fullmatch(text))


def _closed(credit: str) -> str:
    """*credit* without the bracket that was opened before it: "(Photo: A. Smith)"."""
    return credit.strip().removesuffix(")").rstrip() if "(" not in credit else credit.strip()


def _is_caption(piece: Piece) -> bool:
    return bool((piece.box.settled | piece.hints) & Hint.CAPTION) and len(piece.text) > 4


def find_canonical(page: ParsedPage, url: str) -> str | None:
    """The address that the page declares as its own, absolute; nobody has checked it."""
    declared = next((href for rel, href in page.links if "canonical" in rel.split() and href), "") or meta_value(
        page, "og:url"
    )
    return absolute(declared, url)


def absolute(address: str, url: str) -> str | None:
    """*address* seen from *url*, when it is an http(s) address of sane length."""
    try:
        whole = urljoin(url, address.strip()) if address else ""
        return (
            whole
            if urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).netloc and len(whole) < 4000
            else None
        )
    except ValueError:
        return None
