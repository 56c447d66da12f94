"""Articles that other programs wrote as JSON, one a line: ours, and those of news-please and fundus."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from news.article import Article, Block
from news.text import one_line, storable
from news.urls import canonicalise

RULES = "import"  # what stands for the rule set of a text that we did not read off a page
MAX_BODY = 2_000_000  # characters

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Imported:
    """One line of an import. `captured_at` is when the other program fetched it, None where it does not say."""

    id: str
    source: str
    article: Article
    captured_at: datetime | None = field(default=None)


def read_line(line: str | bytes) -> Imported:
    """Read the article on one line of JSON. Raises ValueError, saying what is wrong with it."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {one_line(str(error))[:200]}") from error
    if not isinstance(record, Mapping):
        raise ValueError("no JSON object")
    return _imported(record)


def _imported(record: Mapping[str, Any]) -> Imported:
    url = _url(record)
    body = _body(record)
    if len(body) > MAX_BODY:
        raise ValueError(f"a text of {len(body)} characters")
    article = Article(
        url=url,
        headline=_text(record, "title", "headline"),
        lead=_text(record, "lead"),
        blocks=tuple(Block(paragraph) for paragraph in _paragraphs(body)),
        authors=tuple(_texts(record.get("authors"))),
        date_published=_time(record, "published_at", "date_published", "date_publish", "publishing_date"),
        date_modified=_time(record, "modified_at", "date_modified", "date_modify"),
        language=_text(record, "language", "lang"),
        section=_text(record, "section"),
        rules=RULES,
    )
    given = record.get("id")
    page = _page(record)
    named = _text(record, "source", "outlet", "source_domain", "publisher")
    source = one_line(named or _text(_mapping(page, "source_info"), "publisher") or "")[:100]
    return Imported(
        id=storable(str(given)) if isinstance(given, str | int) else url,
        source=source or (urlsplit(url).hostname or "").removeprefix("www."),
        article=article,
        captured_at=_time(record, "captured_at", "crawled_at", "date_download") or _time(page, "crawl_date"),
    )


def _url(record: Mapping[str, Any]) -> str:
    url = _text(record, "url") or _text(_page(record), "responded_url", "requested_url")
    if not url:
        raise ValueError('no url (fundus gives one with to_json(..., "html"))')
    canonicalise(url)
    return url


def _page(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what fundus says about the page: its addresses, publisher and time."""
    return _mapping(record, "html")


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _body(record: Mapping[str, Any]) -> str:
    body = record.get("body")
    if isinstance(body, Mapping):
        return "\n\n".join(_of_fundus(body))
    if isinstance(body, list):
        return "\n\n".join(_texts(body))
    if body is not None and not isinstance(body, str):
        raise ValueError(f"the body is no text: {one_line(json.dumps(body))[:100]}")
    return _text(record, "body", "maintext", "plaintext", "text") or ""


def _of_fundus(body: Mapping[str, Any]) -> Iterable[str]:
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


def _text(record: Mapping[str, Any], *names: str) -> str | None:
    values = (record.get(name) for name in names)
    return next((storable(value) for value in values if isinstance(value, str) and value.strip()), None)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [storable(text) for text in values if isinstance(text, str) and text.strip()]


def _time(record: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and (time := _moment(value)):
            return time
    return None


def _moment(text: str) -> datetime | None:
    """Parse an ISO time, in UTC if it has no zone, as news-please writes it; None if it is invalid."""
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
