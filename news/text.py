"""Text from strangers, made fit to be kept or shown."""

import re
import unicodedata

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
    """The codec of a page in UTF-16 that lacks the byte order mark; None for any other."""
    if b"\0" not in page[:2]:
        return None
    if _WIDE_LITTLE.match(page):
        return "utf-16-le"
    return "utf-16-be" if _WIDE_BIG.match(page) else None


def without_unseen(text: str) -> str:
    """The text without soft hyphens and the like, under which no search finds its words."""
    for mark in _SOFT:
        text = text.replace(mark, "")
    return text.strip(_AT_ENDS)


def key(text: str) -> str:
    """Letters and digits alone, folded: equal for texts that a reader takes for the same."""
    return _NO_LETTERS.sub("", text).casefold()


def small(text: str) -> str:
    """The text in small letters, at the same length: Turkish "İ" would become two characters."""
    return text.replace("İ", "i").lower() if "İ" in text else text.lower()


def storable(text: str) -> str:
    """The text without what no database keeps: NUL becomes nothing, a lone surrogate the replacement character."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def printable(text: str) -> str:
    """The text without what steers a terminal: control characters, escape sequences, marks that turn its direction."""
    return _TERMINAL_CONTROLS.sub("", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Printable, and on one line."""
    return " ".join(printable(unicodedata.normalize("NFC", text)).split())
