"""Changes outlets.toml in place: lines are added, replaced or taken out, everything else stays as it was typed.

Text, not a rewritten document: TOML writers put a new key after the comment that belongs to the next entry.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.outlets.diagnostics import Positions, find_positions
from crawler.outlets.file import OutletsFile, parse_outlets, read_text, toml_lines, toml_value
from news.errors import SettingError

Edit = Callable[[str, OutletsFile], str]


def add_outlets(path: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    """Append *entries* (keys as in outlets.toml, each with a url); returns the new text.

    Raises OutletsInvalid when the file is or would become invalid: nothing is written then.
    """
    return change(path, lambda text, _: with_entries(text, entries))


def set_key(path: Path, name: str, key: str, value: object) -> str:
    """Set *key* of the outlet *name*; returns the new text. Raises SettingError when there is no such outlet."""
    return change(path, lambda text, outlets: with_key(text, position(outlets, name), key, value))


def remove_outlet(path: Path, name: str) -> str:
    """Take the outlet *name* out, with the comment right above it; returns the new text. Raises SettingError."""
    return change(path, lambda text, outlets: without_entry(text, position(outlets, name)))


def change(path: Path, edit: Edit) -> str:
    """Apply *edit* to the file under a lock; the new text is checked, then put in place in one step."""
    with _locked(path):
        text = read_text(path)
        changed = edit(text, parse_outlets(text, path.name))
        parse_outlets(changed, path.name)
        if changed != text:
            _write(path, changed)
        return changed


def position(outlets: OutletsFile, name: str) -> int:
    """Which entry of the file the outlet *name* is. Raises SettingError when there is none."""
    names = [outlet.name for outlet in outlets.outlets]
    if name not in names:
        raise SettingError(f"there is no outlet “{name}” in outlets.toml", "newskeep outlets list")
    return names.index(name)


# Texts ---------------------------------------------------------------------------------------------------------------


def with_entries(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """*text* with the entries after its last line."""
    blocks = ["\n".join(["[[outlet]]", *toml_lines(entry)]) + "\n" for entry in entries]
    before = text if not text or text.endswith("\n") else text + "\n"
    return "\n".join([*([before] if before.strip() else []), *blocks])


def with_key(text: str, number: int, key: str, value: object) -> str:
    """*text* with *key* of outlet *number* set: in its place, or on a line of its own after the entry's last key."""
    positions, path = find_positions(text), ("outlet", number, key)
    if path in positions.values:
        start, end = positions.values[path]
        return text[:start] + toml_value(value) + text[end:]
    header = positions.headers.get(("outlet", number))
    if header is None:
        raise SettingError("this outlet is written in one line; edit outlets.toml by hand")
    end = _line_end(text, max([header[1], *_own_values(positions, number)]))
    return f"{text[:end]}\n{key} = {toml_value(value)}{text[end:]}"


def without_entry(text: str, number: int) -> str:
    """*text* without outlet *number* and the comment lines right above it."""
    positions = find_positions(text)
    header = positions.headers.get(("outlet", number))
    if header is None:
        raise SettingError("this outlet is written in one line; edit outlets.toml by hand")
    values = [end for path, (_, end) in positions.values.items() if path[:2] == ("outlet", number)]
    start, end = _with_comment(text, header[0]), _line_end(text, max([header[1], *values])) + 1
    return text[:start].rstrip("\n") + ("\n\n" if text[:start].strip() else "") + text[end:].lstrip("\n")


def _own_values(positions: Positions, number: int) -> Iterator[int]:
    """Where the values right below the entry's header end; a key behind a table of its own would fall into that."""
    below = {header for header in positions.headers if header[:2] == ("outlet", number) and len(header) > 2}
    for path, (_, end) in positions.values.items():
        if path[:2] == ("outlet", number) and not any(path[: len(header)] == header for header in below):
            yield end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_comment(text: str, start: int) -> int:
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


# Files ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time. The lock is a file of its own: the outlets file is replaced by another with each change."""
    try:
        with (path.parent / f".{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise SettingError(
            f"{error.filename or path} cannot be written: {error.strerror}", "newskeep doctor"
        ) from error


def _write(path: Path, text: str) -> None:
    """Put *text* in place in one step: readers see the old file or the new one. Mode and line ends are kept."""
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
