"""Log lines as JSON or text: an event with its fields, never a page's text, never a password."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from news.text import as_json_line, json_text

MAX_VALUE = 500  # characters; a longer value is a page's text or an SQL statement
_EVENT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PLAIN = re.compile(r"[\w./:@+-]+", re.ASCII)
_IN_URL = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]*:)[^\s/]+@", re.IGNORECASE)
_NAMED = re.compile(r"(?P<before>(?:password|passwd|pwd|secret|token)['\"]?\s*[=:]\s*)[^\s,;&]+", re.IGNORECASE)
_HIDDEN = r"\g<before>***"


def json_line(at: float, level: str, logger: str, message: str, facts: Mapping[str, Any]) -> str:
    """Format an event as JSON on one line. *at*: seconds since 1970; *message*: the event or a library's text."""
    event = {"event": message} if is_event(message) else {"event": "library_message", "text": safe(message)}
    head = {"time": _utc(at), "level": level.lower(), **event, "logger": logger}
    return as_json_line(head | {name: safe(value) for name, value in facts.items() if name not in head})


def text_line(at: float, level: str, logger: str, message: str, facts: Mapping[str, Any]) -> str:
    """Format an event for a terminal: date and time (UTC), the event and its fields."""
    event = message if is_event(message) else f"{logger}: {json_text(safe(message))[1:-1]}"
    mark = "" if level == "INFO" else f"{level.lower()} "
    return " ".join([_utc(at)[:19].replace("T", " "), f"{mark}{event}", *_in_words(facts)])


def is_event(message: str) -> bool:
    """Return whether *message* is the name of an event of ours, such as `crawl_finished`."""
    return _EVENT.fullmatch(message) is not None and "_" in message


def safe(value: object) -> object:
    """Return *value* without passwords, cut to `MAX_VALUE` characters; numbers and times as they are."""
    if value is None or isinstance(value, bool | int | float | datetime):
        return value
    if isinstance(value, Mapping):
        return {str(safe(str(name))): safe(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [safe(inner) for inner in value]
    # cut before as well: searching a long text is slow; a secret halved by this cut is removed by the next
    return without_secrets(str(value)[: 4 * MAX_VALUE])[:MAX_VALUE]


def without_secrets(text: str) -> str:
    """Return *text* with `***` for passwords in URLs and after names such as `password=`."""
    return _NAMED.sub(_HIDDEN, _IN_URL.sub(_HIDDEN + "@", text))


def error_in_words(error: BaseException) -> str:
    """Return the class and first line of the error and of its causes.

    The other lines of a database error are the statement with its values: a page's text.
    """
    parts, visited = list[str](), set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in visited and len(parts) < 5:
        visited.add(id(current))
        first = (str(current).splitlines() or [""])[0]
        parts.append(f"{type(current).__name__}: {str(safe(first))[:200]}".removesuffix(": "))
        current = current.__cause__ or current.__context__
    return " <- ".join(parts)


def _in_words(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"{_word(name)}={_word(safe(value))}"


def _word(value: object) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else json_text(value)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
