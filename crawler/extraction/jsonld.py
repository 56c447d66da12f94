"""What a page says about itself in JSON-LD; values of a wrong type do no harm."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from news.text import encodable

_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|LiveBlog|Recipe|Review|NewsItem)$", re.IGNORECASE)
_WEAK_TYPES = frozenset(
    ("WebPage", "ItemPage", "VideoObject", "CreativeWork", "Event", "AboutPage", "HowTo", "MedicalWebPage")
)
_SITE_TYPES = frozenset(("WebSite", "NewsMediaOrganization", "Organization"))
_LIST_ITEMS = "itemListElement"  # other articles, and breadcrumbs
_MOST_STEPS = 12
_MAX_NODES = 5_000
_LONGEST = 20_000  # characters of a text that is no body
_MAX_SCRIPT = 3_000_000  # characters
# Around the JSON, where old pages hide scripts from old browsers; only in its first and last characters.
_OPENING = re.compile(r"\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?")
_CLOSING = re.compile(r"(?:(?://|/\*)\s?)?(?:\]\]>|-->)\s?(?:\*/)?[\s;]?$|/\*[^*]{0,80}\*/$")
_EDGE = 120  # characters
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_PARAGRAPH_BREAK = re.compile(r"</p>|<br\s*/?>|</div>|\n+", re.IGNORECASE)

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claims:
    """What JSON-LD claims about the article, not yet verified; empty where it claims nothing."""

    headline: str = ""
    description: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()  # authors that are organisations
    published: str = ""
    modified: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    image: str = ""
    image_caption: str = ""
    image_credit: str = ""
    trail: tuple[str, ...] = ()  # breadcrumbs: the steps from the home page to the article
    language: str = ""
    paywalled: bool | None = None
    live_blog: bool = False
    sites: tuple[str, ...] = ()  # names of publishers and web sites


def read_claims(scripts: Sequence[str]) -> Claims:
    """Return the claims of the node that describes the article, and the names of the site."""
    nodes = [node for script in scripts for node in _nodes(_parse(script)) if "@type" in node or "@id" in node]
    nodes = nodes[:_MAX_NODES]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is_article(node)] or [node for node in nodes if _types(node) & _WEAK_TYPES]
    if not articles:
        return Claims(sites=_site_names(nodes), trail=_trail(nodes))
    node = max(articles, key=_weight)
    return Claims(
        headline=text_of(node.get("headline")) or text_of(node.get("name")),
        description=text_of(node.get("description")),
        body=_body_of(node),
        authors=tuple(_names(node.get("author"), by_id)) or tuple(_names(node.get("creator"), by_id)),
        agencies=tuple(_agencies(node.get("author"), by_id)),
        published=raw_of(node.get("datePublished"))
        or raw_of(node.get("dateCreated"))
        or raw_of(node.get("uploadDate")),
        modified=raw_of(node.get("dateModified")),
        section=_first_text(node.get("articleSection")),
        keywords=tuple(_keywords(node.get("keywords"))),
        image=_image_url(node.get("image"), by_id),
        image_caption=_image_caption(node.get("image"), by_id),
        image_credit=_image_credit(node.get("image"), by_id),
        trail=_trail(nodes),
        language=_first_text(node.get("inLanguage")),
        paywalled=_paywalled(node),
        live_blog=any("LiveBlog" in kind for kind in _types(node)),
        sites=_site_names(nodes),
    )


def text_of(value: object) -> str:
    """Return the plain text of a JSON value: markup and entities resolved, one line; empty when it is no text."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, str):
        return ""
    value = encodable(value[:_LONGEST])
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return " ".join(_TAGS.sub(" ", value).split()) if "<" in value else " ".join(value.split())


def raw_of(value: object) -> str:
    """Return the value unchanged, when it is a short text or a number; else empty."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value")
    return encodable(str(value).strip()[:80]) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def paragraphs_of(body: str) -> list[str]:
    """Return the paragraphs of an articleBody, without markup."""
    parts = _PARAGRAPH_BREAK.split(html.unescape(body) if "&" in body else body)
    return [text for text in (" ".join(_TAGS.sub(" ", part).split()) for part in parts) if text]


def _parse(script: str) -> object:
    text = script.strip()[:_MAX_SCRIPT]
    for repair in (lambda t: t, _without_comments, html.unescape):
        try:
            return json.loads(repair(text).strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
    try:  # several objects one after the other, or something after the first
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _without_comments(text: str) -> str:
    opening = _OPENING.match(text[:_EDGE])
    text = text[opening.end() :] if opening else text
    closing = _CLOSING.search(text[-_EDGE:])
    text = text[: len(text) - len(closing[0])] if closing else text
    return _TRAILING_COMMA.sub(r"\1", text)


def _nodes(data: object) -> Iterator[Node]:
    """Yield every object in *data*, outer ones first; breadth is bounded, since a page may hold any number."""
    waiting: list[object] = [data]
    seen = 0
    while waiting and seen < _MAX_NODES:
        following: list[object] = []
        for value in waiting:
            seen += 1
            if isinstance(value, dict):
                yield value
                following.extend(
                    item for key, item in value.items() if key != _LIST_ITEMS and isinstance(item, (dict, list))
                )
            elif isinstance(value, list):
                following.extend(item for item in value if isinstance(item, (dict, list)))
        waiting = following


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rsplit("/", 1)[-1] for kind in kinds if isinstance(kind, str)}


def _is_article(node: Node) -> bool:
    return any(_ARTICLE_TYPES.search(kind) for kind in _types(node))


def _weight(node: Node) -> int:
    """Return how much a node says: the article's own node says more than those of teasers in an ItemList."""
    keys = (
        "datePublished",
        "author",
        "headline",
        "mainEntityOfPage",
        "publisher",
        "description",
        "image",
        "dateModified",
    )
    return sum(key in node for key in keys) + 4 * bool(node.get("articleBody")) + 2 * _is_article(node)


def _body_of(node: Node) -> str:
    body = node.get("articleBody") or node.get("reviewBody")
    if isinstance(body, list):
        body = "\n\n".join(part for part in body if isinstance(part, str))
    return encodable(body) if isinstance(body, str) else ""


def _names(value: object, by_id: dict[str, Node], depth: int = 0) -> Iterator[str]:
    if depth > 3:
        return
    if isinstance(value, str):
        node = by_id.get(value)
        if node is not None:
            yield from _names(node.get("name"), {}, depth + 1)
        elif value.strip():
            yield text_of(value)
    elif isinstance(value, list):
        for item in value[:40]:
            yield from _names(item, by_id, depth + 1)
    elif isinstance(value, dict):
        name = value.get("name") or value.get("@value")
        if not name and isinstance(value.get("@id"), str) and value["@id"] in by_id:
            name = by_id[value["@id"]].get("name")
        if not name and (value.get("givenName") or value.get("familyName")):
            name = f"{text_of(value.get('givenName'))} {text_of(value.get('familyName'))}"
        yield from _names(name, {}, depth + 1)


def _agencies(authors: object, by_id: dict[str, Node]) -> Iterator[str]:
    for author in _dicts(authors)[:40]:
        whole = by_id.get(author["@id"], author) if isinstance(author.get("@id"), str) else author
        if any("Organization" in kind for kind in _types(whole)):
            yield text_of(whole.get("name"))


def _first_text(value: object) -> str:
    if isinstance(value, list):
        return next((text_of(item) for item in value if text_of(item)), "")
    return text_of(value)


def _keywords(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (text_of(part) for part in re.split(r"[,;]", value[:5000]) if part.strip())
    elif isinstance(value, list):
        for item in value[:60]:
            if isinstance(item, str) and "," in item:
                yield from _keywords(item)
            elif text_of(item):
                yield text_of(item)


def _image(value: object, by_id: dict[str, Node]) -> object:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and not value.get("url"):
        return by_id.get(value["@id"], value)
    return value


def _image_url(value: object, by_id: dict[str, Node]) -> str:
    image = _image(value, by_id)
    if isinstance(image, dict):
        image = image.get("url") or image.get("contentUrl")
        image = image[0] if isinstance(image, list) and image else image
    return encodable(image.strip()) if isinstance(image, str) else ""


def _image_caption(value: object, by_id: dict[str, Node]) -> str:
    image = _image(value, by_id)
    return text_of(image.get("caption") or image.get("description")) if isinstance(image, dict) else ""


def _image_credit(value: object, by_id: dict[str, Node]) -> str:
    image = _image(value, by_id)
    if not isinstance(image, dict):
        return ""
    names = ("creditText", "copyrightNotice", "creator", "copyrightHolder", "author")
    return next((credit for credit in (text_of(image.get(name)) for name in names) if credit), "")


def _trail(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return the names in the first breadcrumb list, in the order of their numbers."""
    for node in nodes:
        steps = node.get(_LIST_ITEMS) if "BreadcrumbList" in _types(node) else None
        if isinstance(steps, list):
            found = [(_position(step), _step_name(step)) for step in _dicts(steps)[:_MOST_STEPS]]
            return tuple(name for _, name in sorted(found) if name)
    return ()


def _position(step: Node) -> int:
    place = str(step.get("position"))[:3]
    return int(place) if place.isdecimal() else 0


def _step_name(step: Node) -> str:
    return text_of(step.get("name")) or text_of(step.get("item"))


def _paywalled(node: Node) -> bool | None:
    free = node.get("isAccessibleForFree")
    if isinstance(free, str):
        return {"false": True, "true": False}.get(free.rsplit("/", 1)[-1].strip().lower())
    return not free if isinstance(free, bool) else None


def _site_names(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return names of publishers and web sites, without organisations that are only authors: those are agencies."""
    wrote = {id(author) for node in nodes for author in _dicts(node.get("author"))}
    published = {id(publisher) for node in nodes for publisher in _dicts(node.get("publisher"))}
    names = {
        text_of(node.get("name"))
        for node in nodes
        if id(node) in published or (_types(node) & _SITE_TYPES and id(node) not in wrote)
    }
    return tuple(sorted(name for name in names if 2 < len(name) < 80))


def _dicts(value: object) -> list[Node]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
