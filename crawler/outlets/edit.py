"""Edit outlets.toml in place: add, replace or remove lines; every other line stays as it is.

The text itself is edited: libraries that write a document anew move comments and blank lines
(docs/decisions/0058-outlets-toml-without-libraries.md).
"""

import fcntl
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.outlets.diagnostics import Positions, find_positions
from crawler.outlets.file import OutletsFile, parse_outlets, read_text, toml_lines, toml_value
from news.errors import SettingError

_COMMENTED_CONTACT = re.compile(r"^# ?contact *=.*$", re.MULTILINE)

Edit = Callable[[str, OutletsFile], str]


def add_outlets(path: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    """Append *entries* (keys as in outlets.toml, each with a url) and return the new text.

    Raises OutletsInvalid, and writes nothing, if the file is invalid or would become so.
    """
    return edit_file(path, lambda text, _: with_entries(text, entries))


def set_key(path: Path, name: str, key: str, value: object) -> str:
    """Set *key* of the outlet *name* and return the new text. Raises SettingError if there is no such outlet."""
    return edit_file(path, lambda text, file: with_key(text, entry_number(file, name), key, value))


def set_contact(path: Path, contact: str) -> str:
    """Set the contact address of the file and return the new text."""
    return edit_file(path, lambda text, _: with_contact(text, contact))


def remove_outlet(path: Path, name: str) -> str:
    """Remove the outlet *name* with the comment above it and return the new text. Raises SettingError as `set_key`."""
    return edit_file(path, lambda text, file: without_entry(text, entry_number(file, name)))


def edit_file(path: Path, edit: Edit) -> str:
    """Apply *edit* to the file under a lock; check the new text, then replace the file in one step."""
    with _locked(path):
        text = read_text(path)
        changed = edit(text, parse_outlets(text, path.name))
        parse_outlets(changed, path.name)
        if changed != text:
            _write(path, changed)
        return changed


def entry_number(file: OutletsFile, name: str) -> int:
    """Return the number of the outlet's entry, from 0. Raises SettingError if there is none."""
    names = [outlet.name for outlet in file.outlets]
    if name not in names:
        raise SettingError(f"there is no outlet “{name}” in outlets.toml", "newskeep outlets list")
    return names.index(name)


# Texts ---------------------------------------------------------------------------------------------------------------


def with_entries(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return *text* with the entries below its last line."""
    blocks = ["\n".join(["[[outlet]]", *toml_lines(entry)]) + "\n" for entry in entries]
    before = text if not text or text.endswith("\n") else text + "\n"
    return "\n".join([*([before] if before.strip() else []), *blocks])


def with_key(text: str, number: int, key: str, value: object) -> str:
    """Return *text* with *key* of outlet *number* set: in its place, or on a new line below the entry's last key."""
    positions, path = find_positions(text), ("outlet", number, key)
    if path in positions.values:
        start, end = positions.values[path]
        return text[:start] + toml_value(value) + text[end:]
    header = positions.headers.get(("outlet", number))
    if header is None:
        raise SettingError("this outlet is written in one line; edit outlets.toml by hand")
    end = _line_end(text, max([header[1], *_own_values(positions, number)]))
    return f"{text[:end]}\n{key} = {toml_value(value)}{text[end:]}"


def with_contact(text: str, contact: str) -> str:
    """Return *text* with that contact: in its place, in that of a commented one, or on a new first line."""
    positions, line = find_positions(text), f"contact = {toml_value(contact)}"
    if ("contact",) in positions.values:
        start, end = positions.values["contact",]
        return text[:start] + toml_value(contact) + text[end:]
    top = min((start for start, _ in positions.headers.values()), default=len(text))
    commented = _COMMENTED_CONTACT.search(text, 0, top)
    return text[: commented.start()] + line + text[commented.end() :] if commented else f"{line}\n{text}"


def without_entry(text: str, number: int) -> str:
    """Return *text* without the tables of outlet *number* and the comments right above them."""
    positions, entry = find_positions(text), ("outlet", number)
    if entry not in positions.headers:
        raise SettingError("this outlet is written in one line; edit outlets.toml by hand")
    ends = [end for spans in (positions.headers, positions.values) for _, end in spans.values()]
    below = len(text)
    for path, (start, _) in sorted(positions.headers.items(), key=lambda item: item[1], reverse=True):
        if path[:2] == entry:
            first = _with_comment(text, start, max((end for end in ends if end <= start), default=0))
            text = _without(text, first, _line_end(text, max(end for end in ends if end <= below)) + 1)
        below = start
    return text


def _without(text: str, start: int, end: int) -> str:
    """Remove the lines from *start* to *end*, and the blank lines below them if there is one above; none at the end."""
    before, after = text[:start], text[end:]
    if before and not after:
        return before.rstrip("\n") + "\n"
    return before + (after.lstrip("\n") if before.endswith("\n\n") or not before else after)


def _own_values(positions: Positions, number: int) -> Iterator[int]:
    """Yield the ends of the entry's values outside its tables: a key below a table would belong to that table."""
    tables = {header for header in positions.headers if header[:2] == ("outlet", number) and len(header) > 2}
    for path, (_, end) in positions.values.items():
        if path[:2] == ("outlet", number) and not any(path[: len(header)] == header for header in tables):
            yield end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_comment(text: str, start: int, above: int) -> int:
    """Start of the line at *start*, or of the comment lines right above it; *above* is where the last value ends."""
    start = text.rfind("\n", 0, start) + 1
    while (line := text.rfind("\n", 0, max(start - 1, 0)) + 1) < start and line >= above:
        if not text[line:start].lstrip().startswith("#"):
            break
        start = line
    return start


# Files ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Admit one writer at a time. The lock is a file of its own, because each edit replaces the outlets file."""
    try:
        with (path.parent / f".{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise SettingError(
            f"{error.filename or path} cannot be written: {error.strerror}", "newskeep doctor"
        ) from error


def _write(path: Path, text: str) -> None:
    """Replace the file in one step: readers see the old one or the new one. Mode and line ends stay."""
    target = Path(os.path.realpath(path))
    before = target.read_bytes() if target.exists() else b""
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(target.stat().st_mode & 0o777 if before else 0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
