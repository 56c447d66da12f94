"""`newskeep extract`: read pages without a network or database."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import IO, Any
from urllib.parse import urlsplit

import click

from archive.ingest.fetched import FetchedPage
from crawler.extraction.page_bytes import MAX_BYTES
from news.article import Article
from news.dispositions import is_binary
from news.errors import NewsError, NotAnArticle, PageTooCostly
from news.garbage import collect_rarely
from news.text import as_json_line, printable

SECTION = "Read"
_TAG = re.compile(rb"<[a-zA-Z!/]")


@click.command()
@click.option(
    "--jsonl", is_flag=True, help='Standard input has lines {"id","url","html_path"}; one answer a line, in order.'
)
@click.option("--url", default="", help="The page's address; relative addresses on it are seen from there.")
@click.option(
    "--explain", is_flag=True, help="Print each block with its label, the rule that gave it and how sure it is."
)
@click.argument("file", type=click.File("rb"), required=False)
def extract(jsonl: bool, url: str, explain: bool, file: IO[bytes] | None) -> None:
    """Read pages without a network or database.

    \b
    newskeep extract --url https://example.org/news/42 page.html     the article as JSON
    newskeep extract --explain page.html                             the label of each block, and why it has it

    FILE is an HTML page; - is standard input.
    """
    if jsonl:
        _answer_lines(file or sys.stdin.buffer)
        return
    if file is None:
        raise click.UsageError("which FILE? `-` reads standard input.")
    article = _read(file.read(), _address(url))
    click.echo(printable(_explained(article)) if explain else as_json_line(_answer(article)))


def _address(url: str) -> str:
    """Return *url* unchanged. Raises UsageError when it is no address."""
    try:
        urlsplit(url)
    except ValueError as error:
        raise click.UsageError(f"“{url}” is no address: {error}") from error
    return url


def _read(page: bytes, url: str) -> Article:
    from crawler.reading import READING, read_article

    if is_binary(page):
        raise NotAnArticle(f"the page is no text: it begins with {page[:8]!r}")
    if _is_json(page):
        raise NotAnArticle("this is no HTML but JSON")
    return read_article(FetchedPage.unlinked(url, page), stages=READING)


def _is_json(page: bytes) -> bool:
    """Return whether the page is a JSON object or array that holds no tag."""
    if not page.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) or _TAG.search(page):
        return False
    try:
        json.loads(page)
    except (ValueError, RecursionError):
        return False
    return True


def _load_reader() -> None:
    """Import what reading a page needs, so that its time is not counted for the first page."""
    import crawler.reading  # noqa: F401


def _answer_lines(lines: IO[bytes]) -> None:
    _load_reader()
    collect_rarely()
    for line in lines:
        if line.strip():
            click.echo(as_json_line(_answer_line(line)))  # echo flushes: the caller waits for this line


def _answer_line(line: bytes) -> dict[str, Any]:
    """Return the answer to one line; any problem with the line or its page becomes its `error`."""
    request: Any = None
    try:
        request = json.loads(line)
        page = _page_in(request["html_path"])
        started = process_time()
        answer = _answer(_read(page, str(request.get("url") or "")))
        return {"id": request["id"], **answer, "cpu_ms": round((process_time() - started) * 1000, 3)}
    except (NewsError, OSError) as error:
        message = str(error)
    except KeyError as error:
        message = f"the line has no {error}"
    except json.JSONDecodeError as error:
        message = f"the line is not JSON: {error}"
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        message = f"{type(error).__name__}: {error}"
    return {"id": request.get("id") if isinstance(request, dict) else None, "error": message}


def _page_in(path: object) -> bytes:
    """Return the bytes of the file. Raises PageTooCostly for a large one, OSError or TypeError for what is no file."""
    if not isinstance(path, str):
        raise TypeError(f"html_path is no text but {path!r}"[:100])
    if Path(path).exists() and not Path(path).is_file():  # reading a pipe without a writer would never end
        raise OSError(f"{path!r} is no file")
    with open(path, "rb") as file:
        page = file.read(MAX_BYTES + 1)
    if len(page) > MAX_BYTES:
        raise PageTooCostly(f"{path!r} has more than {MAX_BYTES} bytes")
    return page


def _answer(article: Article) -> dict[str, Any]:
    from crawler.extraction.fields import FIELDS

    return {
        "title": article.headline,
        "body": article.body,
        **{field.key: _as_json(getattr(article, field.name)) for field in FIELDS},
        "removed": [
            {"text": block.text, "label": block.label, "rule": block.rule, "score": block.score}
            for block in article.removed
        ],
        "rules": article.rules,
    }


def _as_json(value: Any) -> Any:
    """Return the value of a field as JSON: a time in ISO 8601, a tuple as a list, a set as a sorted list."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _explained(article: Article) -> str:
    values = {name: text for name, value in _answer(article).items() for name, text in _rows(name, value) if text}
    width = max(map(len, values), default=0)
    fields = [f"{name:<{width}}  {text}" for name, text in values.items()]
    blocks = [
        f"{block.label:<10}  {block.score:.2f}  {block.rule:<26}  {_short(block.text)}" for block in article.blocks
    ]
    evidence = [f"{item.field:<14}  {item.source:<9}  {_short(item.value)}" for item in article.evidence]
    return "\n".join([*fields, "", *blocks, "", *evidence])


def _rows(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield a field's value as rows of name and text; an image has rows of its own for caption and credit."""
    if name in ("body", "removed") or not value:
        return
    if isinstance(value, dict):
        yield from ((name if key == "url" else key, text) for key, text in value.items())
    else:
        yield name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"
