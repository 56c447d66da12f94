"""What a log line says: which facts of an event, never a page's text and never a password."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from news.text import as_json_line, json_text

MAX_VALUE = 500  # characters; a longer one is a page's text or a statement with its values
_EVENT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PLAIN = re.compile(r"[\w./:@+-]+", re.ASCII)
_IN_URL = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]*:)[^\s/]+@", re.IGNORECASE)
_NAMED = re.compile(r"(?P<before>(?:password|passwd|pwd|secret|token)['\"]?\s*[=:]\s*)[^\s,;&]+", re.IGNORECASE)
_HIDDEN = r"\g<before>***"


def json_line(at: float, level: str, logger: str, said: str, facts: Mapping[str, Any]) -> str:
    """Event as JSON on one line. *at* is seconds since 1970; *said* the event, or what a library had to say."""
    event = {"event": said} if is_event(said) else {"event": "library_message", "text": safe(said)}
    head = {"time": _utc(at), "level": level.lower(), **event, "logger": logger}
    return as_json_line(head | {name: safe(value) for name, value in facts.items() if name not in head})


def text_line(at: float, level: str, logger: str, said: str, facts: Mapping[str, Any]) -> str:
    """Event for a person at a terminal: the time of day (UTC), the event and its facts."""
    event = said if is_event(said) else f"{logger}: {json_text(safe(said))[1:-1]}"
    mark = "" if level == "INFO" else f"{level.lower()} "
    return " ".join([_utc(at)[11:19], f"{mark}{event}", *_in_words(facts)])


def is_event(said: str) -> bool:
    """Whether *said* is the name of an event of ours: `crawl_finished`."""
    return _EVENT.fullmatch(said) is not None and "_" in said


def safe(value: object) -> object:
    """Value without passwords, cut to `MAX_VALUE` characters; numbers and the like as they are."""
    if value is None or isinstance(value, bool | int | float | datetime):
        return value
    if isinstance(value, Mapping):
        return {str(safe(str(name))): safe(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [safe(inner) for inner in value]
    # cut before as well: the search for secrets takes long on a long text; half a secret at that cut falls to the next
    return without_secrets(str(value)[: 4 * MAX_VALUE])[:MAX_VALUE]


def without_secrets(text: str) -> str:
    """Text with `***` for a password in an address or behind a name such as `password=`."""
    return _NAMED.sub(_HIDDEN, _IN_URL.sub(_HIDDEN + "@", text))


def error_in_words(error: BaseException) -> str:
    """Kind and first line of the error and of those that led to it.

    What follows the first line is the statement, its values and the row: a page's text.
    """
    parts, seen = list[str](), set[int]()
    following: BaseException | None = error
    while following is not None and id(following) not in seen and len(parts) < 5:
        seen.add(id(following))
        first = (str(following).splitlines() or [""])[0]
        parts.append(f"{type(following).__name__}: {str(safe(first))[:200]}".removesuffix(": "))
        following = following.__cause__ or following.__context__
    return " <- ".join(parts)


def _in_words(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"{_word(name)}={_word(safe(value))}"


def _word(value: object) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else json_text(value)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
