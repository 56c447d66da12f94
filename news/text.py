"""Plain text: cleaned for storing, terminals and JSON lines; folded, measured, and compared word by word."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TERMINAL_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_SOFT = ("\u00ad", "\u2060", "\ufeff")  # marks for where a word may break, or may not
# Inside a text some scripts need the joiners, at its ends none does.
UNSEEN = frozenset(("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", *_SOFT))
_NO_LETTERS = re.compile(r"[\W_]+")
_AT_ENDS = " " + "".join(sorted(UNSEEN))


# The beginning of a page, "<!D" or "<htm", each letter with the empty half of its two bytes.
_WIDE_LITTLE = re.compile(rb"(?:[\t\n\r ]\0)*+<\0[!?a-zA-Z]\0[a-zA-Z-]\0")
_WIDE_BIG = re.compile(rb"(?:\0[\t\n\r ])*+\0<\0[!?a-zA-Z]\0[a-zA-Z-]")


def unmarked_utf16(page: bytes) -> str | None:
    """Return the codec of a page in UTF-16 that lacks the byte order mark; None for any other."""
    if b"\0" not in page[:2]:
        return None
    if _WIDE_LITTLE.match(page):
        return "utf-16-le"
    return "utf-16-be" if _WIDE_BIG.match(page) else None


def without_unseen(text: str) -> str:
    """Return the text without soft hyphens and the like, under which no search finds its words."""
    for mark in _SOFT:
        text = text.replace(mark, "")
    return text.strip(_AT_ENDS)


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Return letters and digits alone, folded: equal for texts that a reader takes for the same.

    Cached, since reading one page asks for its headlines and the names of its site many times.
    """
    return _NO_LETTERS.sub("", text).casefold()


def lowercase(text: str) -> str:
    """Return the text in small letters, at the same length: Turkish "İ" would become two characters."""
    return text.replace("İ", "i").lower() if "İ" in text else text.lower()


def storable(text: str) -> str:
    """Return *text* without characters that PostgreSQL cannot store: no NUL, U+FFFD for each lone surrogate."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def printable(text: str) -> str:
    """Return the text without what steers a terminal: control characters, escape sequences, marks of direction."""
    return _TERMINAL_CONTROLS.sub("", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return *text* without control characters, on one line."""
    return " ".join(printable(unicodedata.normalize("NFC", text)).split())


# JSON leaves these as they are: a terminal may take them for commands, a reader of lines for the end of one, and a
# lone surrogate cannot be written at all.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def as_json_line(record: Mapping[str, Any]) -> str:
    """Return the record as JSON on one line that is safe to print and to encode."""
    return _escaped(json.dumps(record, ensure_ascii=False, default=_as_json))


def json_text(value: object) -> str:
    """Return the value as JSON writes it, made as safe as `as_line` makes a record."""
    return _escaped(json.dumps(value, ensure_ascii=False, default=_as_json))


def _escaped(line: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


_CJK = "\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WIDE = re.compile(f"[{_CJK}]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:;]['\"”“’»«)\]›」』*†]*$")
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


def encodable(text: str) -> str:
    """Return *text* without what no database or file takes: NUL bytes and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def weighted_length(text: str) -> float:
    """Return the length in characters of an alphabetic script; one of a syllabic script stands for two and a half."""
    length = len(text)
    return length if text.isascii() else length + 1.5 * len(_WIDE.findall(text))


def ends_sentence(text: str) -> bool:
    """Return True when *text* ends as a sentence does."""
    return bool(_SENTENCE_END.search(text[-8:]))


def words_in(text: str) -> list[str]:
    """Return the words of *text*, folded; single characters of scripts written without spaces."""
    return _WORD.findall(text.casefold())


def word_overlap(first: str, second: str) -> float:
    """Return the share (0 to 1) of the shorter text's words that the other one has too."""
    one, other = set(words_in(first)), set(words_in(second))
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def word_similarity(first: str, second: str) -> float:
    """Return the share (0 to 1) of all words of both texts that they have in common."""
    one, other = set(words_in(first)), set(words_in(second))
    return len(one & other) / len(one | other) if one and other else 0.0
