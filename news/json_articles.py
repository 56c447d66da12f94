"""Articles as JSON objects: those that we export, and those of news-please and fundus.

Every field of `news.article.Article` is read under its own name by its type, so a new field needs no line here.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from news.article import STORY_PARTS, Article, Block, Evidence, Flag, Image, Label
from news.text import one_line, storable
from news.urls import canonicalise

RULES = "import"  # what stands for the rule set of a text that we did not read off a page
MAX_BODY = 2_000_000  # characters
NO_OUTLET = "unknown"

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_NO_ADDRESS = "https://without-address.invalid/"  # a domain that never exists (RFC 2606)
_OTHER_NAMES = {  # what news-please and fundus call our fields
    "headline": ("title",),
    "lead": ("description",),
    "date_published": ("published_at", "date_publish", "publishing_date"),
    "date_modified": ("modified_at", "date_modify"),
    "language": ("lang",),
    "tags": ("topics", "keywords"),
}
_CAPTURED = ("captured_at", "first_captured_at", "crawled_at", "date_download")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """One object of an import. `captured_at` is when the other program fetched it, None where it does not say."""

    id: str
    source: str
    article: Article
    captured_at: datetime | None = field(default=None)


def read_line(line: str | bytes) -> Imported:
    """Read the article in one JSON object. Raises ValueError, saying what is wrong with it."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {one_line(str(error))[:200]}") from error
    if not isinstance(record, Mapping):
        raise ValueError("no JSON object")
    return _imported(record)


def _imported(record: Record) -> Imported:
    body = _body(record)
    if len(body) > MAX_BODY:
        raise ValueError(f"a text of {len(body)} characters")
    values = {name: value for name in _PARSERS if (value := _field(record, name))}
    if values.get("lead") == record.get("description") and _begins_with(body, values.get("lead")):
        del values["lead"]
    named = _outlet(record)
    url = _url(record) or _made_up_address(record, named, values, body)
    blocks = (*map(Block, _paragraphs(body)), *_removed(record))
    given = record.get("id")
    return Imported(
        id=storable(str(given)) if isinstance(given, str | int) else url,
        source=named or _host(url) or NO_OUTLET,
        article=Article(url=url, blocks=blocks, rules=RULES, **values),
        captured_at=_first(_moment, record, *_CAPTURED) or _first(_moment, _page(record), "crawl_date"),
    )


# Where it is from


def _url(record: Record) -> str | None:
    page = _page(record)
    url: str | None = _first(_text, record, "url") or _first(_text, page, "responded_url", "requested_url")
    if url:
        canonicalise(url)
    return url


def _made_up_address(record: Record, outlet: str, values: Record, body: str) -> str:
    """Return an address for an object of fundus, which leaves its own out; the same for the same article.

    Raises ValueError for any other object.
    """
    if not body or not (isinstance(record.get("body"), Mapping) or "publishing_date" in record):
        raise ValueError(
            'no url: an article is {"url","title","body",…}, or as news-please or fundus write it '
            '(fundus gives the url with to_json(..., "html"))'
        )
    named = [outlet, values.get("headline") or body, values.get("date_published")]
    return _NO_ADDRESS + sha256(json.dumps(named, default=str).encode()).hexdigest()[:16]


def _host(url: str) -> str:
    return "" if url.startswith(_NO_ADDRESS) else (urlsplit(url).hostname or "").removeprefix("www.")


def _outlet(record: Record) -> str:
    page = _page(record)
    named = _first(_text, record, "source", "outlet", "source_domain", "publisher")
    return one_line(named or _first(_text, _mapping(page, "source_info"), "publisher") or "")[:100]


def _page(record: Record) -> Record:
    """Return what fundus says about the page: its addresses, publisher and time."""
    return _mapping(record, "html")


def _mapping(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


# The text


def _body(record: Record) -> str:
    body = record.get("body")
    if isinstance(body, Mapping):
        return "\n\n".join(_of_fundus(body))
    if isinstance(body, list):
        return "\n\n".join(_texts(body))
    if body is not None and not isinstance(body, str):
        raise ValueError(f"the body is no text: {one_line(json.dumps(body))[:100]}")
    return _first(_text, record, "body", "maintext", "plaintext", "text") or ""


def _of_fundus(body: Record) -> Iterable[str]:
    yield from _texts(body.get("summary"))
    sections = body.get("sections")
    for section in sections if isinstance(sections, list) else ():
        if isinstance(section, Mapping):
            yield from _texts(section.get("headline"))
            yield from _texts(section.get("paragraphs"))


def _paragraphs(body: str) -> list[str]:
    text = body.replace("\r\n", "\n").strip()
    pieces = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return [piece.strip() for piece in pieces if piece.strip()]


def _begins_with(body: str, lead: object) -> bool:
    """Whether the lead is no more than the beginning of the text, as the description often is."""
    return isinstance(lead, str) and one_line(body).startswith(one_line(lead).rstrip(" .…"))


def _removed(record: Record) -> Iterator[Block]:
    """Yield the blocks that were set aside, as `newskeep extract` writes them."""
    removed = record.get("removed")
    for block in removed if isinstance(removed, list) else ():
        if not isinstance(block, Mapping):
            continue
        text, label, score = _text(block.get("text")), _text(block.get("label")), block.get("score")
        if text and label in _SET_ASIDE:
            sure = float(score) if isinstance(score, int | float) and 0 <= score <= 1 else 1.0
            yield Block(text, Label(label), _text(block.get("rule")) or RULES, sure)


_SET_ASIDE = frozenset(Label) - STORY_PARTS


# The fields


def _field(record: Record, name: str) -> Any:
    """Return the field's value; nothing where the object has none that can be read."""
    parse = _PARSERS[name]
    value = _first(parse, record, name, *_OTHER_NAMES.get(name, ()))
    if name == "image":
        return value or _image(_with_prefix(record, "image_")) or _cover(record.get("images"))
    if name == "flags" and record.get("free_access") is False:  # fundus
        return frozenset({*(value or ()), Flag.PAYWALLED})
    return value


def _first(parse: Callable[[Any], Any], record: Record, *names: str) -> Any:
    return next((value for name in names if (value := parse(record.get(name)))), None)


def _with_prefix(record: Record, prefix: str) -> Record:
    """Return the parts of a field that has a column for each, as v_articles has."""
    return {name.removeprefix(prefix): value for name, value in record.items() if name.startswith(prefix)}


def _text(value: object) -> str | None:
    return storable(value) if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, values) if text)


def _moment(value: object) -> datetime | None:
    """Parse an ISO time, in UTC if it has no zone, as news-please writes it; None if it is invalid."""
    try:
        time = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        return time and (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _flags(value: object) -> frozenset[Flag]:
    values = value if isinstance(value, list) else []
    return frozenset(flag for flag in Flag if flag in values)


def _image(value: object) -> Image | None:
    parts = {part.name: _text(value.get(part.name)) for part in fields(Image)} if isinstance(value, Mapping) else {}
    url = parts.pop("url", None)
    return Image(url, **parts) if url else None


def _cover(images: object) -> Image | None:
    """Return the leading picture of fundus, in its widest version."""
    given = [image for image in images if isinstance(image, Mapping)] if isinstance(images, list) else []
    cover = next((image for image in given if image.get("is_cover")), given[0] if given else {})
    versions = cover.get("versions")
    urls = [_first(_text, version, "url") for version in versions or () if isinstance(version, Mapping)]
    credit = ", ".join(_texts(cover.get("authors"))) or None
    return next((Image(url, _text(cover.get("caption")), credit) for url in reversed(urls) if url), None)


def _evidence(value: object) -> tuple[Evidence, ...]:
    rows = value if isinstance(value, list) else []
    read = [_texts(row) for row in rows if isinstance(row, list)]
    return tuple(Evidence(*row) for row in read if len(row) == len(fields(Evidence)))


_BY_TYPE: Mapping[Any, Callable[[Any], Any]] = {
    str | None: _text,
    tuple[str, ...]: _texts,
    datetime | None: _moment,
    frozenset[Flag]: _flags,
    Image | None: _image,
    tuple[Evidence, ...]: _evidence,
}
_PARSERS = {
    name: _BY_TYPE[kind] for name, kind in get_type_hints(Article).items() if name not in ("url", "blocks", "rules")
}
